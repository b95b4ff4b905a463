from .client import Client as Client
from .remote import RemoteRun as RemoteRun, RemoteVideo as RemoteVideo
