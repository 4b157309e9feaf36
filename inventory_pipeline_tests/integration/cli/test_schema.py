import json

from inventory_pipeline_tests.support.command import call


def test_schema_is_json_for_editors():
    outcome = call("schema")
    schema = json.loads(outcome.out)
    assert outcome.code == 0
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert "from" in schema["$defs"]["MailSettings"]["properties"]


def test_schema_is_also_the_reference_page():
    outcome = call("schema", "--format", "markdown")
    assert outcome.code == 0
    assert outcome.out.startswith("# Configuration\n")
