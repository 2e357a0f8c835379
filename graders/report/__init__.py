"""One report in three forms: report.json, report.html and findings.sarif; the last two are made from the first."""
