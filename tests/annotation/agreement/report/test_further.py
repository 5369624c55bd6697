from napari_ethoprofile.annotation.agreement.report import AgreementReport
from napari_ethoprofile.annotation.agreement.report.further import boundaries, further, shares, summaries


def test_every_number_of_the_tables_is_that_of_the_report(report: AgreementReport) -> None:
    for pair in report.pairs:
        used = [row for row in pair.behaviors if row.seconds_a or row.seconds_b]
        timing = {row[0]: row for row in boundaries(pair, report).rows}
        clips = {(row[0], row[1]): row for row in summaries(pair, report).rows}
        why = {row[0]: row for row in shares(pair, report).rows}
        assert {row.name for row in used} <= set(timing)
        for row in used:
            if isinstance(row.bouts.f1[0.75], float):
                assert timing[row.name][4] == f"{row.bouts.f1[0.75]:.3f}"
            for what, found in (("seconds", row.summary_seconds), ("bouts", row.summary_bouts)):
                if isinstance(found.ccc, float):
                    assert clips[row.name, what][3] == f"{found.ccc:.3f}"
            if isinstance(row.prevalence, float):
                assert why[row.name][3] == f"{row.prevalence:.3f}"


def test_what_is_not_defined_says_why(report: AgreementReport) -> None:
    for table in (table for pair in report.pairs for table in further(pair, report)):
        cells = [cell for row in table.rows for cell in row]
        assert not any("nan" in cell for cell in cells)
        assert bool(table.footnotes) == any("not defined" in cell for cell in cells)
