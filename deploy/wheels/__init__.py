"""Two wheels from one project: the online side without the offline one, and the other way round."""
