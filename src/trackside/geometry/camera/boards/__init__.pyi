from .board import Board as Board
from .charuco import Charuco as Charuco
from .chessboard import Chessboard as Chessboard
from .circles import CircleGrid as CircleGrid
from .ink import Ink as Ink
from .specification import board_of as board_of, specification_of as specification_of
