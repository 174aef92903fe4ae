/** A diff on the wire, with its details: they are what keeps the preview of a large set readable. */
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import type { DiffResult, PropertyDiffKind } from "./resourceProvider";

const KINDS: Record<PropertyDiffKind, pb.PropertyDiff.Kind> = {
    add: pb.PropertyDiff.Kind.ADD,
    "add-replace": pb.PropertyDiff.Kind.ADD_REPLACE,
    update: pb.PropertyDiff.Kind.UPDATE,
    "update-replace": pb.PropertyDiff.Kind.UPDATE_REPLACE,
    delete: pb.PropertyDiff.Kind.DELETE,
    "delete-replace": pb.PropertyDiff.Kind.DELETE_REPLACE,
};

export function diffResponse(result: DiffResult): pb.DiffResponse {
    const response = new pb.DiffResponse();
    const paths = Object.entries(result.detailedDiff);
    const topLevel = (entries: [string, PropertyDiffKind][]) => [
        ...new Set(entries.map(([path]) => /^[^.[]*/.exec(path)![0])),
    ];
    response.setChanges(
        paths.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE,
    );
    response.setDiffsList(topLevel(paths));
    response.setReplacesList(topLevel(paths.filter(([, kind]) => kind.endsWith("-replace"))));
    response.setHasdetaileddiff(true);
    for (const [path, kind] of paths) {
        const item = new pb.PropertyDiff();
        item.setKind(KINDS[kind]);
        // Paths are those of inputs: the CLI then shows what the program says, old and new.
        item.setInputdiff(true);
        response.getDetaileddiffMap().set(path, item);
    }
    response.setDeletebeforereplace(result.deleteBeforeReplace ?? false);
    return response;
}
