/** The page's search, keyboard and links. It asks nobody anything: all it needs is in the page. */
"use strict";
(() => {
    const picture = document.getElementById("picture");
    const drawing = picture.querySelector("svg.links");
    const input = document.getElementById("search");
    const found = document.getElementById("found");
    const columns = ["identities", "roles", "databases"].map((id) => document.getElementById(id));
    const links = JSON.parse(picture.dataset.links).map(([from, to, level]) => ({
        from: document.getElementById(from),
        to: document.getElementById(to),
        path: makePath(level),
    }));

    function makePath(level) {
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("class", level);
        drawing.append(path);
        return path;
    }

    const MANY_LINKS = 120;

    const itemOf = (node) => node.parentElement;
    const isShown = (node) => !itemOf(node).hidden;
    const nodesOf = (column) => [...column.querySelectorAll(".node")].filter(isShown);
    const linksOf = (node) => links.filter(({ from, to }) => from === node || to === node);
    const otherEnd = (link, node) => (link.from === node ? link.to : link.from);

    // Links: from the right edge of one node to the left edge of the other, side by side where a node has several.

    const middle = (box) => box.top + box.height / 2;

    function draw() {
        const origin = picture.getBoundingClientRect();
        const boxes = new Map();
        const boxOf = (node) => {
            if (!boxes.has(node)) boxes.set(node, node.getBoundingClientRect());
            return boxes.get(node);
        };
        // Of very many links only those whose beginning is in sight, and those in the light.
        const inSight = ({ from, path }) =>
            links.length <= MANY_LINKS ||
            path.classList.contains("lit") ||
            (boxOf(from).bottom > 0 && boxOf(from).top < innerHeight);
        const shown = links.filter((link) => isShown(link.from) && isShown(link.to) && inSight(link));
        const starts = places(shown, "from", "to", boxOf);
        const ends = places(shown, "to", "from", boxOf);
        for (const link of links) link.path.toggleAttribute("hidden", !starts.has(link));
        for (const link of shown) {
            const [x1, x2] = [boxOf(link.from).right - origin.left, boxOf(link.to).left - origin.left];
            const [y1, y2] = [starts.get(link) - origin.top, ends.get(link) - origin.top];
            const bend = (x2 - x1) / 2;
            link.path.setAttribute("d", `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
        }
    }

    /** How far down each link touches its node, in the order of the nodes at the other ends. */
    function places(shown, end, other, boxOf) {
        const byNode = new Map();
        for (const link of shown) byNode.set(link[end], [...(byNode.get(link[end]) ?? []), link]);
        const found = new Map();
        for (const [node, list] of byNode) {
            list.sort((a, b) => middle(boxOf(a[other])) - middle(boxOf(b[other])));
            const box = boxOf(node);
            const room = Math.min(box.height * 0.7, (list.length - 1) * 6);
            list.forEach((link, i) => {
                const share = list.length === 1 ? 0 : i / (list.length - 1) - 0.5;
                found.set(link, middle(box) + share * room);
            });
        }
        return found;
    }

    let waiting = false;
    function drawSoon() {
        if (waiting) return;
        waiting = true;
        requestAnimationFrame(() => {
            waiting = false;
            draw();
        });
    }
    addEventListener("scroll", drawSoon, { passive: true });
    new ResizeObserver(drawSoon).observe(picture);

    // A node in focus, or under the pointer, shows what it is linked with, on both sides of it.

    function light(node) {
        for (const lit of picture.querySelectorAll(".lit")) lit.classList.remove("lit");
        picture.classList.toggle("choosing", node !== undefined);
        if (node === undefined) return;
        const walk = (start, column, step) => {
            for (const link of linksOf(start)) {
                const next = otherEnd(link, start);
                if (columns.indexOf(next.closest(".nodes")) !== column + step) continue;
                link.path.classList.add("lit");
                next.classList.add("lit");
                walk(next, column + step, step);
            }
        };
        node.classList.add("lit");
        const column = columns.indexOf(node.closest(".nodes"));
        walk(node, column, 1);
        walk(node, column, -1);
        drawSoon();
    }
    picture.addEventListener("focusin", (event) => {
        const node = event.target.closest(".node");
        if (!node) return;
        makeCurrent(node);
        light(node);
    });
    picture.addEventListener("focusout", () => light(undefined));
    picture.addEventListener("pointerover", (event) => {
        const node = event.target.closest(".node");
        if (node) light(node);
    });
    picture.addEventListener("pointerleave", () => light(undefined));

    // The picture is one stop of the Tab key; within it the arrow keys move.

    let current;
    function makeCurrent(node) {
        if (current) current.tabIndex = -1;
        current = node;
        if (current) current.tabIndex = 0;
    }

    function sideways(node, step) {
        const column = columns.indexOf(node.closest(".nodes"));
        const target = columns[column + step];
        if (!target) return undefined;
        const linked = linksOf(node).map((link) => otherEnd(link, node));
        const inTarget = nodesOf(target);
        return inTarget.find((other) => linked.includes(other)) ?? inTarget[0];
    }

    function along(node, key) {
        const nodes = nodesOf(node.closest(".nodes"));
        const at = nodes.indexOf(node);
        const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: nodes.length - 1 }[key];
        return nodes[Math.max(0, Math.min(nodes.length - 1, to))];
    }

    picture.addEventListener("keydown", (event) => {
        const node = event.target.closest(".node");
        if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
        let next;
        if (event.key === "ArrowLeft") next = sideways(node, -1);
        else if (event.key === "ArrowRight") next = sideways(node, 1);
        else if (["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) next = along(node, event.key);
        else if (event.key === "Escape") next = input;
        else return;
        event.preventDefault();
        if (next) next.focus();
    });

    // A link into the details opens them.

    function open(id) {
        const details = document.getElementById(id);
        if (!details || details.tagName !== "DETAILS") return;
        details.hidden = false;
        details.open = true;
        details.scrollIntoView();
        details.querySelector("summary").focus();
    }
    picture.addEventListener("click", (event) => {
        const link = event.target.closest("a.node");
        if (!link) return;
        event.preventDefault();
        open(link.getAttribute("href").slice(1));
    });

    // Search: roles by all that is known of them, identities by themselves, databases by name.

    const roles = [...columns[1].querySelectorAll(".node")];
    const matches = (element, query) => element.dataset.text.toLowerCase().includes(query);

    function search() {
        const query = input.value.trim().toLowerCase();
        const neighbours = (node, column) =>
            linksOf(node)
                .map((link) => otherEnd(link, node))
                .filter((other) => columns[column].contains(other));
        for (const column of columns) for (const item of column.children) item.hidden = query !== "";
        let count = 0;
        for (const role of roles) {
            const itself = matches(itemOf(role), query);
            const through = neighbours(role, 0).filter((identity) => matches(itemOf(identity), query));
            if (!itself && through.length === 0) continue;
            count++;
            itemOf(role).hidden = false;
            for (const identity of itself ? neighbours(role, 0) : through) itemOf(identity).hidden = false;
            for (const database of neighbours(role, 2)) itemOf(database).hidden = false;
        }
        filterBelow(query);
        makeCurrent(nodesOf(columns[0])[0] ?? nodesOf(columns[1])[0]);
        found.value = query === "" ? `${found.dataset.all} roles` : `${count} of ${found.dataset.all} roles`;
        draw();
    }

    function filterBelow(query) {
        for (const details of document.querySelectorAll("details[data-role]"))
            details.hidden = itemOf(document.getElementById(details.dataset.role)).hidden;
        for (const row of document.querySelectorAll("tr[data-text], details[data-text]"))
            row.hidden = query !== "" && !matches(row, query);
    }

    input.addEventListener("input", search);
    input.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            input.value = "";
            search();
        } else if ((event.key === "ArrowDown" || event.key === "Enter") && current) {
            event.preventDefault();
            current.focus();
        }
    });
    addEventListener("keydown", (event) => {
        if (event.key !== "/" || event.target === input || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        input.focus();
        input.select();
    });

    search();
})();
