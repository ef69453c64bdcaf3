import type { App } from '../../http/app.ts';

type Document = ReturnType<App['getOpenAPI31Document']>;
type Schemas = NonNullable<NonNullable<Document['components']>['schemas']>;
type Reference = Extract<Schemas[string], { $ref: string }>;
type Schema = Exclude<Schemas[string], Reference>;
/** A body or an answer. */
type Part = { $ref?: string; content?: Record<string, { schema?: Schema | Reference }> };
type Add = (name: string, schema: Schema) => Reference;

/** What a schema is called that can be null, or that knows nothing of OpenAPI: the library has no way to name these. */
const NAME = 'x-component';
const PREFIX = '#/components/schemas/';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * Names what the routes leave without a name, so that a client generator makes one type of each shape: a body by its
 * operation (`SendTextBody`), an answer by what it carries (`SessionAnswer`, `SessionList`), a shape that several share by its `x-component`.
 */
export function nameSchemas(document: Document): void {
  const schemas: Schemas = { ...document.components?.schemas };
  const add: Add = (name, schema) => {
    const known = (schemas[name] ??= schema);
    if (JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`two schemas are called ${name}`);
    return { $ref: PREFIX + name };
  };
  const nameIn = (part: Part | undefined, nameOf: (schema: Schema) => string): void => {
    const content = part?.content?.['application/json'];
    const schema = content?.schema;
    if (content === undefined || schema === undefined || isReference(schema)) return;
    // A list without our envelope is a list of something that has a name.
    if (schema.type === 'array') return;
    content.schema = add(nameOf(schema), schema);
  };
  for (const item of Object.values(document.paths ?? {}))
    for (const method of METHODS) {
      const { operationId = '', requestBody, responses = {} } = item[method] ?? {};
      nameIn(
        requestBody,
        () => `${operationId.charAt(0).toUpperCase()}${operationId.slice(1)}Body`,
      );
      nameForm(requestBody, add);
      for (const response of Object.values<Part>(responses))
        nameIn(response, (schema) => answerName(schema, operationId));
    }
  for (const schema of Object.values(schemas)) {
    nameShared(schema, add);
    describeDefaults(schema);
  }
  document.components = { ...document.components, schemas };
}

const isReference = (schema: Schema | Reference): schema is Reference => '$ref' in schema;

function answerName({ properties }: Schema, operationId: string): string {
  const data = properties?.['data'];
  const listed = data !== undefined && 'items' in data ? data.items : undefined;
  const [{ $ref } = { $ref: '' }, suffix] =
    listed === undefined ? [data, 'Answer'] : [listed, 'List'];
  if (typeof $ref !== 'string' || !$ref.startsWith(PREFIX))
    throw new Error(`what ${operationId} answers has no name`);
  return $ref.slice(PREFIX.length) + suffix;
}

/** A form that several operations take in place of JSON. */
function nameForm(body: Part | undefined, add: Add): void {
  const content = body?.content?.['multipart/form-data'];
  if (content?.schema === undefined || isReference(content.schema)) return;
  const { [NAME]: name, ...shape } = content.schema;
  if (name !== undefined) content.schema = add(name, shape);
}

/** Puts a reference wherever a shape with a name of its own stands. What the place says of it stays there. */
function nameShared(schema: Schema | Reference, add: Add): void {
  if (isReference(schema)) return;
  const { items } = schema;
  if (items !== undefined && !isReference(items)) {
    nameShared(items, add);
    const { [NAME]: name, description: _, ...shape } = items;
    if (name !== undefined) schema.items = add(name, shape);
  }
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    nameShared(property, add);
    if (isReference(property) || property[NAME] === undefined) continue;
    const { [NAME]: name, type, description, ...shape } = property;
    const reference = add(name, { type: 'object', ...shape });
    schema.properties = {
      ...schema.properties,
      [field]: {
        ...(Array.isArray(type) ? { anyOf: [reference, { type: 'null' }] } : reference),
        ...(description !== undefined && { description }),
      },
    };
  }
}

/**
 * Moves the default of a field into its description. Generators such as openapi-typescript make a field of a named schema
 * required when it has a `default`, since an answer would always contain it. A body need not.
 */
function describeDefaults(schema: Schema | Reference): void {
  if (isReference(schema)) return;
  for (const property of Object.values(schema.properties ?? {})) {
    if (isReference(property) || property.default === undefined) continue;
    const { default: value, description } = property;
    delete property.default;
    property.description = [description, `Default: \`${JSON.stringify(value)}\`.`]
      .filter((sentence) => sentence !== undefined)
      .join(' ');
  }
}
