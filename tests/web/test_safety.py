"""What the map must not do, whatever a snapshot says; and what it says when there is nothing to show."""

import json
import os
import pathlib
import re
import subprocess

import inline
import make_data
import pytest
from conftest import ELEMENTS, WEB, check_alone, check_elements
from test_map import click, selected, shown

OWN = ELEMENTS | {"symbol", "circle", "use", "canvas", "pre"}


def check_document(page):
    """Nothing in the document but the page's own elements, without handlers or foreign addresses."""
    check_elements(page, OWN, r"(#|\./icons/|icons/|style\.css|style\.json|data\.json|vendor/|map/|account-data/|(index|principals|trust)\.html$|data:)")
    scripts = page.evaluate("document.scripts.length")
    assert scripts in (2, 5)


def test_hostile_data(open_map):
    page = open_map("hostile")
    check_document(page)
    for text in make_data.MARKUP:
        query = text.split()[0][:12].strip()
        if query:
            page.fill("#search", query)
            page.wait_for_timeout(20)
    page.fill("#search", "leaf")
    page.click("#found .all")
    page.wait_for_timeout(100)
    check_document(page)
    for name in page.evaluate("cloudmapper.model.nodes.filter((node) => !node.box).map((node) => node.id)"):
        page.evaluate("(id) => cloudmapper.actions.choose(cloudmapper.model.index.get(id))", name)
        check_document(page)
    page.evaluate("cloudmapper.view.cy.edges().forEach((edge) => { edge.select(); })")
    for edge in page.evaluate("cloudmapper.view.cy.edges().map((edge) => edge.id())"):
        page.evaluate("(id) => { cloudmapper.view.select([]); cloudmapper.view.cy.getElementById(id).select(); }", edge)
        page.wait_for_timeout(20)
        check_document(page)
    page.evaluate("[...document.querySelectorAll('details')].forEach((one) => { one.open = true; })")
    page.keyboard.press("o")
    page.keyboard.press("Home")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    check_document(page)
    assert page.evaluate("({}).polluted") is None and page.evaluate("Object.prototype.hasOwnProperty.call(Object.prototype, 'ec2')") is False
    inherited = page.evaluate("(({ model }) => { const node = model.nodes[model.index.get('__proto__')]; return [node.name, node.parent, node.edges.length]; })(cloudmapper)")
    assert inherited == ["inherited", -1, 0], "names that every object has are no ids"
    assert "could not be used" in page.text_content("#notes-list")
    assert "\\u202e" in page.evaluate("document.querySelector('#tree').textContent"), "what turns text around is written out"


def test_hostile_link(open_map):
    for fragment in ["#select=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "#search=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "#view=1,2,NaN", "#view=1e999,0,1", "#select=%", "#javascript:alert(1)"]:
        check_document(open_map("small", fragment))


def test_hostile_layout(open_map):
    page = open_map("small")
    for text in ['{"format":"cloudmapper-layout/1","nodes":[["__proto__",1,2],[null,3,4],["0.0.0.0/0","x",{}],7],"hidden":["__proto__",{},5],"collapsed":"x","viewport":{"zoom":-1,"pan":null}}', '{"elements":{"nodes":[null,{"data":null},{}]}}']:
        page.evaluate("(text) => cloudmapper.actions.loadText(text)", text)
    assert "shop-alb" in shown(page)
    check_document(page)


def test_no_data(open_map):
    page = open_map("nothing-of-that-name")
    text = page.inner_text("#notice")
    assert "There is no network map yet" in text and "cloudmapper prepare --account NAME" in text
    assert page.is_hidden("#legend")


def test_broken_data(open_map):
    text = open_map("broken").inner_text("#notice")
    assert "not valid JSON" in text and "cloudmapper prepare" in text
    assert "not a network map" in open_map("object").inner_text("#notice")
    assert "empty" in open_map("empty").inner_text("#notice")


def test_single_file(open_map, data, tmp_path):
    for name in ["small", "hostile"]:
        file = tmp_path / f"{name}.html"
        file.write_text(inline.single_file(WEB, "index.html", (data / f"{name}.json").read_text()))
        page = open_map(name, url=file.as_uri())
        assert len(shown(page)) > 10
        check_document(page)
        check_alone(page)
    page = open_map("small", url=(tmp_path / "small.html").as_uri())
    click(page, "shop-alb")
    assert selected(page) == ["shop-alb"]
    page.click("summary:has-text('Export')")
    with page.expect_download(timeout=60000) as waiting:
        page.click("#do-png")
    assert pathlib.Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_page_opened_as_a_file(browser):
    page = browser.new_page()
    page.goto((WEB / "index.html").as_uri())
    assert page.title() == "cloudmapper"
    page.close()


def test_icons():
    for icon in (WEB / "icons/aws").glob("*.svg"):
        text = icon.read_text()
        assert len(text) < 2500 and "<script" not in text and "href" not in text, icon.name


def test_style_file():
    """Every icon that the style names is there, and every type of the map has one."""
    import json

    rules = json.loads((WEB / "style.json").read_text())
    text = json.dumps(rules)
    for icon in set(re.findall(r"icons/[\w./-]+", text)):
        assert (WEB / icon).is_file(), icon
    types = "account region vpc az subnet ec2 autoscaling grouped_ec2 elb elbv2 rds rds_rr vpc_endpoint ecs lambda redshift elasticsearch ip cloud s3 dynamodb kinesis sqs sns codebuild codecommit codepipeline ecr ssm secretsmanager kms apigateway user role group policy known_account unknown_account weboftrust_account account_grouping directconnect aws"
    for name in types.split():
        assert f'[type = \\"{name}\\"]' in text, name


@pytest.mark.skipif("CLOUDMAPPER_PROGRAM" not in os.environ, reason="no program is given")
def test_prepare_writes_the_same_single_file(tmp_path):
    region = tmp_path / "account-data" / "prod" / "us-east-1"
    region.mkdir(parents=True)
    (region.parent / "describe-regions.json").write_text('{"Regions": [{"RegionName": "us-east-1"}]}')
    name = "</script><img src=x onerror=alert(1)>"
    answers = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "Name", "Value": name}]}]},
        "subnets": {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"}]},
        "instances": {"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}, "VpcId": "vpc-1", "SubnetId": "subnet-1", "Tags": [{"Key": "Name", "Value": name}]}]}]},
    }
    for call, answer in answers.items():
        (region / f"ec2-describe-{call}.json").write_text(json.dumps(answer))
    program = os.environ["CLOUDMAPPER_PROGRAM"]
    subprocess.run([program, "prepare", "--accounts", "prod", "--html", "map.html"], cwd=tmp_path, check=True, capture_output=True)
    data = (tmp_path / "web" / "data.json").read_text()
    assert "onerror" in data
    assert (tmp_path / "map.html").read_text() == inline.single_file(WEB, "index.html", data)
