"""Models: cards, pulling from the zoo, adding a network of one's own."""

from __future__ import annotations

from fastapi import APIRouter, Request, UploadFile

from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.packages.shapes import Draft, DraftCard, ModelFull, ModelShape, Pull, PullStart, Trial

router = APIRouter(tags=["models"])


@router.get("/models")
def models(person: Viewer, site: SiteHere) -> list[ModelShape]:
    """Installed models and those of the zoo."""
    raise NotImplementedError


@router.get("/models/{name}")
def model(name: str, person: Viewer, site: SiteHere) -> ModelFull:
    """A model's card."""
    raise NotImplementedError


@router.delete("/models/{name}")
def remove_model(name: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Remove an installed model; refused while a queued or running run needs it."""
    raise NotImplementedError


@router.post("/models/{name}/pull", status_code=202)
def pull(name: str, body: PullStart, person: Analyst, site: SiteHere, request: Request) -> Pull:
    """Fetch a model of the zoo; `licence` is what the page showed."""
    raise NotImplementedError


@router.get("/models/{name}/pull")
def pull_progress(name: str, person: Viewer, site: SiteHere) -> Pull:
    """How far it is."""
    raise NotImplementedError


@router.post("/drafts", status_code=201)
def upload_network(file: UploadFile, person: Analyst, site: SiteHere, request: Request) -> Draft:
    """Upload an .onnx or .tflite file; the answer tells its inputs and outputs and guesses a card."""
    raise NotImplementedError


@router.get("/drafts/{draft_id}")
def draft(draft_id: str, person: Analyst, site: SiteHere) -> Draft:
    """An uploaded network that is not installed yet."""
    raise NotImplementedError


@router.put("/drafts/{draft_id}/card")
def set_card(draft_id: str, body: DraftCard, person: Analyst, site: SiteHere) -> Draft:
    """Change the draft's card; 422 tells every wrong field."""
    raise NotImplementedError


@router.post("/drafts/{draft_id}/trial")
def trial(draft_id: str, file: UploadFile, person: Analyst, site: SiteHere) -> Trial:
    """Run the draft on a test image."""
    raise NotImplementedError


@router.post("/drafts/{draft_id}/install", status_code=201)
def install_draft(draft_id: str, person: Analyst, site: SiteHere, request: Request) -> ModelFull:
    """Install the draft under the name on its card."""
    raise NotImplementedError


@router.delete("/drafts/{draft_id}")
def remove_draft(draft_id: str, person: Analyst, site: SiteHere) -> State:
    """Forget a draft."""
    raise NotImplementedError
