"""The four ways findings are shown, together: text, JSON, GitHub annotations and SARIF."""

from storyboard.report.findings_github import render_github
from storyboard.report.findings_json import render_json
from storyboard.report.findings_sarif import render_sarif
from storyboard.report.findings_text import render_text, summary

__all__ = ["render_github", "render_json", "render_sarif", "render_text", "summary"]
