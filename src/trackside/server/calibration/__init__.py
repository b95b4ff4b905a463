"""Calibrating a camera live in the browser: a page, and the interface that it talks to."""

from trackside.server.calibration.application import calibration_app as calibration_app
from trackside.server.calibration.live import LiveCalibration as LiveCalibration
from trackside.server.calibration.router import calibration_router as calibration_router
