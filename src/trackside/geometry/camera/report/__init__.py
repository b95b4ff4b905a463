"""What came out of a calibration, for the person who waved the board and for an engineer."""

from trackside.geometry.camera.report.folder import save_calibration as save_calibration
from trackside.geometry.camera.report.page import calibration_report as calibration_report
from trackside.geometry.camera.report.standing import rig_report as rig_report
