import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { mapSecrets } from "../../inputs/map-secrets.ts";
import { isPlainObject, type Properties, withoutUndefined } from "../../inputs/plain.ts";
import { unknownValue } from "../../inputs/unknown.ts";

/** The engine marks values that are more than JSON by a field of this name (`rpc.specialSigKey` of its SDK). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What stands for a value that only the update will tell, by the type that it will have (`rpc.ts` of the Go SDK). */
const unknownValues: ReadonlySet<unknown> = new Set([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Inputs or state of a request as the lifecycle takes them: plain, with one mark for what is not known yet. */
export function propertiesOf(struct: structs.Struct | undefined): Properties {
  const plain = toPlain(struct?.toJavaScript() ?? {});
  if (!isPlainObject(plain)) return {};
  // Absent optional inputs may arrive as null.
  return withoutUndefined(Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, value ?? undefined])));
}

function toPlain(value: unknown): unknown {
  if (unknownValues.has(value)) return unknownValue;
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isPlainObject(value)) return value;
  if (value[signatureKey] === secretSignature) return toPlain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toPlain(field)]));
}

/** Inputs or state for an answer; those named are secrets whatever the program said. */
export function structOf(properties: Properties, secrets: readonly string[] = []): structs.Struct {
  const inside = secrets.filter((path) => path.includes("."));
  const asSecret = (value: unknown) => ({ [signatureKey]: secretSignature, value });
  const fields = Object.entries(withoutUndefined(properties)).map(([key, value]) => [
    key,
    secrets.includes(key) ? asSecret(value) : mapSecrets(key, value, inside, (_, one) => asSecret(one)),
  ]);
  // A trip through JSON drops the fields that are undefined further inside, which a Struct cannot hold.
  return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(Object.fromEntries(fields))));
}
