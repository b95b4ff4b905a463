"""Models: cards, pulling from the zoo, adding a network of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from trackside.server.access.audit import note
from trackside.server.access.people import Analyst, Person, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import Site, SiteHere
from trackside.server.packages import drafts
from trackside.server.packages.listing import all_models, known, one_model
from trackside.server.packages.pulls import pulls_of
from trackside.server.packages.receiving import FORM, receive, too_large
from trackside.server.packages.shapes import Draft, DraftCard, ModelFull, ModelShape, Pull, PullStart, Trial
from trackside.server.packages.usage import runs_needing
from trackside.server.problems import Refused, missing

router = APIRouter(tags=["models"])
# Where the body may be larger than others (`max_body_size`), `receive` bounds it.


@router.get("/models")
def models(person: Viewer, site: SiteHere) -> list[ModelShape]:
    """Installed models and those of the zoo."""
    return all_models(site)


@router.get("/models/{name}")
def model(name: str, person: Viewer, site: SiteHere) -> ModelFull:
    """A model's card."""
    return one_model(site, name)


@router.delete("/models/{name}")
def remove_model(name: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Remove an installed model; refused while a queued or running run needs it."""
    if name not in site.store:
        raise missing("installed model")
    waiting = runs_needing(site, name)
    if waiting:
        runs = "a run that is" if waiting == 1 else f"{waiting} runs that are"
        raise Refused(409, f"the model is needed by {runs} not finished", "wait for them, or cancel them")
    site.store.remove(name)
    _note(site, person, "model.remove", name, request)
    return State()


@router.post("/models/{name}/pull", status_code=202)
def pull(name: str, body: PullStart, person: Analyst, site: SiteHere, request: Request) -> Pull:
    """Fetch a model of the zoo; `licence` is what the page showed."""
    card = known(name)
    if body.licence != card.licence:
        raise Refused(409, f"the licence of {name} is {card.licence}", f"accept it: send `licence` as {card.licence!r}")
    _note(site, person, "model.pull", name, request)
    return pulls_of(site).begin(card)


@router.get("/models/{name}/pull")
def pull_progress(name: str, person: Viewer, site: SiteHere) -> Pull:
    """How far it is."""
    return pulls_of(site).of(known(name))


@router.post("/drafts", status_code=201, openapi_extra=FORM, max_body_size=sys.maxsize)
async def upload_network(person: Analyst, site: SiteHere, request: Request) -> Draft:
    """Upload an .onnx or .tflite file; the answer tells its inputs and outputs and guesses a card."""
    limit = await run_in_threadpool(drafts.room, site)
    if not limit:
        raise too_large(limit)
    draft_id, incoming = await run_in_threadpool(drafts.begin, site)
    try:
        name = await receive(request, incoming, limit)
        made = await run_in_threadpool(drafts.complete, site, draft_id, name)
        await run_in_threadpool(_note, site, person, "model.upload", made.file, request)
    except BaseException:
        drafts.discard(site, draft_id)
        raise
    return made


@router.get("/drafts/{draft_id}")
def draft(draft_id: str, person: Analyst, site: SiteHere) -> Draft:
    """An uploaded network that is not installed yet."""
    return drafts.read(site, draft_id)


@router.put("/drafts/{draft_id}/card")
def set_card(draft_id: str, body: DraftCard, person: Analyst, site: SiteHere) -> Draft:
    """Change the draft's card; 422 tells every wrong field."""
    return drafts.set_card(site, draft_id, body.card)


@router.post("/drafts/{draft_id}/trial", openapi_extra=FORM, max_body_size=sys.maxsize)
async def trial(draft_id: str, person: Analyst, site: SiteHere, request: Request) -> Trial:
    """Run the draft on a test image."""
    await run_in_threadpool(drafts.read, site, draft_id)
    site.settings.data.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="trial-", dir=site.settings.data) as folder:
        picture = Path(folder) / "picture"
        await receive(request, picture, drafts.MOST_PICTURE)
        return await run_in_threadpool(drafts.try_on, site, draft_id, picture)


@router.post("/drafts/{draft_id}/install", status_code=201)
def install_draft(draft_id: str, person: Analyst, site: SiteHere, request: Request) -> ModelFull:
    """Install the draft under the name on its card."""
    name = drafts.install(site, draft_id)
    _note(site, person, "model.install", name, request)
    return one_model(site, name)


@router.delete("/drafts/{draft_id}")
def remove_draft(draft_id: str, person: Analyst, site: SiteHere) -> State:
    """Forget a draft."""
    drafts.remove(site, draft_id)
    return State()


def _note(site: Site, person: Person, action: str, subject: str, request: Request) -> None:
    with site.database.session() as db:
        note(db, person, action, subject, request)
