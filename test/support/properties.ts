import fc from "fast-check";

/**
 * fast-check, for every test of a property. In CI the cases are the same in each run, so that a change is judged by what it
 * changes; elsewhere they are new ones each time. `PROPERTY_SEED=<number>` repeats a run, and `PROPERTY_RUNS=<number>` tries
 * more cases than the usual 100 wherever a test does not say how many.
 */
fc.configureGlobal({
    ...(process.env["CI"] ? { seed: 1 } : {}),
    ...numberFrom("PROPERTY_SEED", "seed"),
    ...numberFrom("PROPERTY_RUNS", "numRuns"),
});

function numberFrom(variable: string, parameter: "seed" | "numRuns") {
    const text = process.env[variable];
    if (text === undefined) return {};
    if (!/^-?\d+$/.test(text)) throw new Error(`${variable}=${text}: this is a whole number`);
    return { [parameter]: Number(text) };
}

export default fc;
