/** What both resources say about their server: which kind it is and how to reach it. Pure. */
import { Failures, isKnown } from "./checks";
import { checkConnection } from "./connectionArgs";
import { UNKNOWN, type CheckFailure, type DiffResult, type PropertyMap } from "./resourceProvider";

/** @param keys All properties that the resource has. */
export function checkServer(news: PropertyMap, keys: readonly string[]): CheckFailure[] {
    const failures = new Failures();
    failures.unknownKeys("", news, keys);
    const { flavor } = news;
    if (isKnown(flavor) && flavor !== "Flexible") {
        const rule = "only Flexible is supported here; DatabasePrincipal alone has SingleServer as well";
        failures.add("flavor", flavor, rule, "leave it out for a Flexible Server");
    }
    return [...failures.list, ...checkConnection(news["connection"])];
}

/** Another host is another server; how to get there is only a way. */
export function diffConnection(given: unknown, wanted: unknown): DiffResult["detailedDiff"] {
    if (given === UNKNOWN || wanted === UNKNOWN) return given === wanted ? {} : { connection: "update" };
    const olds = given as Record<string, unknown>;
    const news = wanted as Record<string, unknown>;
    const diff: DiffResult["detailedDiff"] = {};
    for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
        const [before, after] = [olds[key] ?? undefined, news[key] ?? undefined];
        if (before === after) continue;
        if (key === "host") diff["connection.host"] = "update-replace";
        else
            diff[`connection.${key}`] =
                before === undefined ? "add" : after === undefined ? "delete" : "update";
    }
    return diff;
}
