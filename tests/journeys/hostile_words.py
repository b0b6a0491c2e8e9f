"""Words that want to be more than words, put into every field of every form of a page by the browser itself."""

from __future__ import annotations

from playwright.async_api import Page

TURN = "\u202e\u202b\u2066\u2067\u202d"
RUN = """<script>window.ranHere=1</script>"><img src=x onerror="window.ranHere=1">'</textarea><b id=out>"""
HOSTILE = f"x{TURN}{RUN}{TURN}"
#: Forms that end or undo something, and those of the door: sent by the journeys that are about them.
APART = ("/freeze", "/archive", "/delete", "/sign-out", "/remove", "/purge", "/end", "/recall", "/me/", "/undo")

# Fills each form that has a place for words and posts it, as its own button would; returns where that led, and what
# is wrong with the answer.
SEND_ALL = """async ([hostile, apart]) => {
    const tells = [];
    const kinds = ["text", "search", "email", "url"].map((kind) => `input[type=${kind}]`);
    const wordy = ["input:not([type])", "textarea", ...kinds].join();
    for (const form of document.querySelectorAll("form")) {
        const action = form.getAttribute("action") || location.pathname;
        const fields = [...form.querySelectorAll(wordy)].filter((field) => !field.readOnly);
        if (!fields.length || apart.some((part) => action.includes(part))) continue;
        const data = new FormData(form);
        for (const field of fields) if (field.name) data.set(field.name, hostile);
        const get = form.method === "get";
        const url = get ? action + "?" + new URLSearchParams(data) : action;
        const multipart = form.enctype === "multipart/form-data";
        const body = get ? undefined : multipart ? data : new URLSearchParams(data);
        const answer = await fetch(url, { method: get ? "GET" : "POST", body });
        const text = await answer.text();
        const faults = window.faultsOf(new DOMParser().parseFromString(text, "text/html"));
        tells.push({ action, url: answer.redirected || get ? answer.url : "", status: answer.status, faults });
    }
    return tells;
}"""

# What hostile words would have become if they had broken out of their place. Fields hold them as they are.
FAULTS_OF = """() => { window.faultsOf = (page) => {
    const found = [], turning = /[\\u202a-\\u202e\\u2066-\\u2069]/;
    for (const node of page.querySelectorAll("*")) {
        for (const { name, value } of node.attributes) {
            if (name.startsWith("on")) found.push(`<${node.localName} ${name}>`);
            if (/^(href|src|action|formaction)$/.test(name) && /^\\s*javascript:/i.test(value)) found.push(value);
            if (!/^(value|content)$/.test(name) && turning.test(value)) {
                found.push(`turned in ${node.localName} ${name}`);
            }
        }
    }
    for (const script of page.querySelectorAll("script:not([src])")) found.push(`<script> ${script.textContent}`);
    const out = page.querySelector("#out");
    if (out) found.push("broke out: " + out.parentElement.outerHTML.slice(0, 200));
    const walk = document.createTreeWalker(page.documentElement, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const { data, parentElement } = walk.currentNode;
        if (turning.test(data) && !parentElement.closest("textarea, bdi")) {
            found.push("turned: " + parentElement.outerHTML.slice(0, 200));
        }
    }
    return found;
}; }"""


async def send_all(page: Page) -> tuple[list[str], list[str]]:
    """Send every form of the page as it stands; return the addresses they led to, and all that was wrong."""
    await page.evaluate(FAULTS_OF)
    told = await page.evaluate(SEND_ALL, [HOSTILE, list(APART)])
    wrong = [f"{one['action']}: {fault}" for one in told for fault in one["faults"]]
    wrong += [f"{one['action']}: {one['status']}" for one in told if one["status"] >= 500]
    return [one["url"] for one in told if one["status"] == 200 and one["url"]], wrong


async def faults_of(page: Page) -> list[str]:
    """What hostile words have become in the page as it stands."""
    await page.evaluate(FAULTS_OF)
    found: list[str] = await page.evaluate("() => window.faultsOf(document)")
    return found + (["a script ran"] if await page.evaluate("() => 'ranHere' in window") else [])
