/**
 * Who constructs components must take secrets as they are on the wire, for custom resources too. What those give back is
 * marked here as the engine would mark it: a value under the name of a secret input is secret.
 */
import { Struct, Value } from "google-protobuf/google/protobuf/struct_pb";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Marks what stands under the name of a secret in `given`, at any depth. Changes `answer` and returns it. */
export function keepSecrets(answer: Struct, given: Struct | undefined): Struct {
    const fields = answer.getFieldsMap();
    given?.getFieldsMap().forEach((input, name) => {
        const output = fields.get(name);
        if (output !== undefined) fields.set(name, marked(output, input));
    });
    return answer;
}

function marked(output: Value, input: Value): Value {
    if (isSecret(output) || !containsSecret(input)) return output;
    const [outer, inner] = [output.getStructValue(), input.getStructValue()];
    if (isSecret(input) || !outer || !inner) return secret(output);
    output.setStructValue(keepSecrets(outer, inner));
    return output;
}

function isSecret(value: Value): boolean {
    return value.getStructValue()?.getFieldsMap().get(SIGNATURE)?.getStringValue() === SECRET;
}

function containsSecret(value: Value): boolean {
    if (isSecret(value)) return true;
    const inside = [...(value.getListValue()?.getValuesList() ?? [])];
    value
        .getStructValue()
        ?.getFieldsMap()
        .forEach((item) => inside.push(item));
    return inside.some(containsSecret);
}

function secret(value: Value): Value {
    const signature = new Value();
    signature.setStringValue(SECRET);
    const struct = new Struct();
    struct.getFieldsMap().set(SIGNATURE, signature);
    struct.getFieldsMap().set("value", value);
    const wrapped = new Value();
    wrapped.setStructValue(struct);
    return wrapped;
}
