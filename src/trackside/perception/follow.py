"""Poses through a video: whoever was found is looked for where the last picture left them.

The way BlazePose was made to be used (Bazarevsky et al. 2020, section 3): the landmark network itself tells where to crop
the next picture, and says when nobody is there any more. The detector looks only now and then for who is new, so people
whom it finds once are kept also where it would miss them (bent, upside down, far away), and most pictures cost one run of
the landmark network a person.
"""

from __future__ import annotations

from trackside.core import Image, Keypoints, SettingError
from trackside.perception.pose import Person, PoseEstimator, keypoints, without_doubles


class PoseFollower:
    """Follows people through one video. Times are media time, so the same file gives the same poses.

    Args:
        estimator: the networks.
        every: seconds from one look for new people to the next; 0 looks in every picture.
        threshold: as for `PoseEstimator.estimate`.
        squares: as for `PoseEstimator.estimate`.

    Raises:
        SettingError: `every` is negative or no number.
    """

    def __init__(
        self, estimator: PoseEstimator, *, every: float = 0.3, threshold: float | None = None, squares: bool = True
    ) -> None:
        if not every >= 0:
            raise SettingError(f"need seconds from 0 up, got {every}", where="every")
        self._estimator, self._every, self._threshold, self._squares = estimator, every, threshold, squares
        self._followed: list[Person] = []
        self._looked: float | None = None

    def update(self, image: Image, time: float) -> Keypoints:
        """The people of the next picture and their points, best first.

        Args:
            image: the picture.
            time: its media time, seconds.
        """
        regions = [person.next_region for person in self._followed]
        seen = self._estimator.people(image, regions)
        followed = without_doubles(person for person in seen if person.is_there)
        if self._is_time_to_look(time) or len(followed) < len(self._followed):
            self._looked = time
            followed = self._look(image, followed)
        self._followed = followed
        return keypoints(followed)

    def _is_time_to_look(self, time: float) -> bool:
        # Time that runs backwards is a new recording.
        return self._looked is None or not 0 <= time - self._looked < self._every

    def _look(self, image: Image, followed: list[Person]) -> list[Person]:
        """Those who are followed and those who are new."""
        regions = self._estimator.regions(image, threshold=self._threshold, squares=self._squares)
        found = [person for person in self._estimator.people(image, regions) if person.is_there]
        return without_doubles([*followed, *found])
