"""The application of `trackside calibrate live`: the router behind the guard of loopback."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse

from trackside.server.calibration.live import LiveCalibration
from trackside.server.calibration.router import calibration_router
from trackside.server.guard import Guard


def calibration_app(live: LiveCalibration, token: str) -> Any:
    """A whole application for one live calibration; its page is at `/calibration/TOKEN/`."""
    app = FastAPI(title="Trackside camera calibration", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(calibration_router(live, token))
    app.add_exception_handler(Exception, _broken)
    return Guard(app)


def _broken(_: Request, error: Exception) -> JSONResponse:
    """Our own mistake: the terminal shows it, the page says that it is ours."""
    return JSONResponse(
        {"detail": {"what": f"the server failed ({type(error).__name__})", "fix": "look at the terminal"}}, 500
    )
