"""10,000 resources: how long until the first picture, and whether panning is smooth. Prints what it measured."""

import statistics

FIRST_PICTURE_MS = 2000
FRAME_MS = 50

FRAMES = """async (move) => {
    const { view } = cloudmapper;
    const step = { pan: (at) => view.cy.panBy({ x: at % 40 < 20 ? 9 : -9, y: at % 20 < 10 ? 4 : -4 }), zoom: (at) => view.zoomBy(at % 60 < 30 ? 1.03 : 1 / 1.03) }[move];
    const times = [];
    let last = performance.now();
    for (let at = 0; at < 120; at += 1) {
        step(at);
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - last);
        last = now;
    }
    return times;
}"""


def first_picture(page):
    return page.evaluate("performance.getEntriesByName('cloudmapper:first-picture')[0].startTime")


def bench_first_picture(open_map):
    times = sorted(first_picture(open_map("large")) for _ in range(3))
    print(f"\nfirst picture of 10,000 resources: {', '.join(f'{time:.0f} ms' for time in times)}   bar {FIRST_PICTURE_MS} ms")


def bench_frames(open_map):
    page = open_map("large")
    assert page.evaluate("cloudmapper.model.leafCount") > 10000
    for name, button in [("first picture", None), ("all expanded", "#do-expand-all")]:
        if button:
            page.click(button)
            page.wait_for_timeout(500)
        drawn = page.inner_text("#shown")
        for move in ["pan", "zoom"]:
            times = page.evaluate(FRAMES, move)
            middle, slow = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
            print(f"\n{move}, {name} ({drawn}): median {middle:.1f} ms, 95 % below {slow:.1f} ms   bar {FRAME_MS} ms")
