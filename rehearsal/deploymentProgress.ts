import type { ResourceEvent } from "./rehearsalMonitor";
import { seconds, type Progress } from "./terminal";

/** Shows each resource of a rehearsal as it is made: one line when it is there, one when it is tried again. */
export function showResource(progress: Progress, event: ResourceEvent): void {
    const { good, bad, dim } = progress.style;
    const type = event.resource.type.replace(/^azure-native:|:index(\/[^:]*)?/g, "");
    const what = `${type} ${event.resource.name}`;
    const line = (mark: string) => `  ${mark} ${type.padEnd(46)} ${event.resource.name.padEnd(44)} `;
    if (event.kind === "creating") return progress.begin(what);
    if (event.kind === "retrying") return progress.line(dim(`  ↻ ${what}: ${event.message}`));
    progress.end(what);
    if (event.kind === "created") return progress.line(line(good("✓")) + dim(seconds(event.milliseconds)));
    progress.line(line(bad("✗")) + bad(event.message ?? ""));
}
