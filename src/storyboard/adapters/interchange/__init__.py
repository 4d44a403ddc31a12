"""The cut as other programs read it: OpenTimelineIO, FCPXML and CMX 3600 edit decision lists."""
