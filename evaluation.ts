let evaluating = false;

/**
 * From here on the program is only evaluated in this process (`npm run plan`): what it registers is written down and nothing
 * is touched. So placeholder ids pass, and the cloud `Local` needs no local Azure that runs. Never set where an engine or a
 * rehearsal makes what is registered.
 */
export function evaluateOnly(): void {
    evaluating = true;
}

export function isEvaluatedOnly(): boolean {
    return evaluating;
}
