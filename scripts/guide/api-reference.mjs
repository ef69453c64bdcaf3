// The reference of the API as pages in Markdown: one for each tag of the OpenAPI document, with a program for each operation.
import { snippet } from '../../edge/dashboard/api/snippets.ts';

/** Stands for the deployment that shows the page (edge/guide/guide.js). */
const ORIGIN = 'https://waypost.example.com';
const FENCES = { cURL: 'sh', Node: 'js', Python: 'python' };
/** A browser is sent to these, or a connection stays open. Their guide has what to write instead. */
const NO_PROGRAM = {
  'GET /auth/verify-email': 'A browser opens it from the mail: [accounts](../accounts.md).',
  'GET /auth/callback/google': 'Google sends the browser there: [accounts](../accounts.md#google).',
  'GET /v1/realtime': 'The connection stays open: [realtime](../realtime.md) has programs.',
};
const EXTENSIONS = { 'text/csv': 'csv', 'image/png': 'png', 'application/octet-stream': 'bin' };

const cell = (text) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
const slug = (tag) => tag.toLowerCase().replaceAll(/\W+/g, '-');
const code = (text) => `\`${text}\``;

/** @param document the OpenAPI document */
export function referencePages(document) {
  const resolve = (schema) => {
    if (schema?.$ref === undefined) return schema ?? {};
    const [, , kind, name] = schema.$ref.split('/');
    return resolve(document.components[kind][name]);
  };

  /** Properties of an object, or of each that it may be. */
  function fieldsOf(given) {
    const schema = resolve(given);
    const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? schema.oneOf ?? [])];
    const fields = new Map(parts.flatMap((part) => [...fieldsOf(part)]));
    const required = new Set(schema.required);
    for (const [name, field] of Object.entries(schema.properties ?? {}))
      fields.set(name, { field: resolve(field), isRequired: required.has(name) });
    return fields;
  }

  function typeOf(given) {
    const { type, enum: values, const: constant, items, anyOf, oneOf, format } = resolve(given);
    if (constant !== undefined) return code(JSON.stringify(constant));
    if (values !== undefined && values.length <= 8)
      return values.map((one) => code(one)).join(', ');
    if (type === 'array') return `list of ${typeOf(items)}s`;
    const choices = (anyOf ?? oneOf)?.map(typeOf);
    if (choices !== undefined) return [...new Set(choices)].join(' or ');
    const name = Array.isArray(type) ? type.join(' or ') : (type ?? 'any');
    return format === 'date-time' ? name.replace('string', 'time') : name;
  }

  const rows = (parameters) =>
    parameters.map(
      ({ name, place, field, isRequired, description }) =>
        `| ${code(name)} | ${place} | ${typeOf(field)} | ${isRequired ? 'Required. ' : ''}${cell(description ?? field.description ?? '')} |`,
    );

  function takes({ parameters = [], requestBody }) {
    const given = parameters
      .map(resolve)
      .map(({ name, in: place, schema, required, description }) => ({
        name,
        place,
        field: resolve(schema),
        isRequired: required === true,
        description,
      }));
    const body = requestBody?.content['application/json']?.schema;
    const fields = [...(body === undefined ? [] : fieldsOf(body))].map(([name, one]) => ({
      name,
      place: 'body',
      ...one,
    }));
    const all = [...given, ...fields];
    if (all.length === 0) return [];
    return [['| name | in | type | meaning |', '|---|---|---|---|', ...rows(all)].join('\n')];
  }

  function callOf(method, path, operation) {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name) => {
      const parameter = operation.parameters.map(resolve).find((one) => one.name === name);
      return parameter.example ?? parameter.schema.example;
    });
    const content = operation.requestBody?.content;
    const answers = Object.entries(operation.responses).filter(([status]) => status < '300');
    const [type = 'application/json'] = Object.keys(answers[0]?.[1].content ?? {});
    const saveAs =
      type === 'application/json' ? undefined : `${operation.operationId}.${EXTENSIONS[type]}`;
    return {
      method: method.toUpperCase(),
      path: filled,
      body: content?.['application/json']?.example,
      file:
        content?.['application/json'] === undefined && content !== undefined
          ? 'photo.png'
          : undefined,
      saveAs,
    };
  }

  const security = ({ security: own }) => own ?? document.security;
  const isOpen = (operation) => security(operation).length === 0;
  const forKeys = (operation) => security(operation).some((one) => 'bearerKey' in one);

  const isForPages = (operation) =>
    !security(operation).some((one) => 'bearerKey' in one || 'userToken' in one);

  function credential(operation) {
    if (isOpen(operation)) return 'No credential is needed.';
    const scope = operation['x-required-scope'];
    if (!forKeys(operation)) return 'For people: a user token or the cookie of a login.';
    return scope === undefined ? 'Any API key or user.' : `Scope ${code(scope)}.`;
  }

  function programs(method, path, operation) {
    const instead = NO_PROGRAM[`${method.toUpperCase()} ${path}`];
    if (instead !== undefined) return [instead];
    if (!isOpen(operation) && isForPages(operation))
      return [
        'Pages of the deployment call it, with the cookie of their login: [accounts](../accounts.md).',
      ];
    const variable = isOpen(operation)
      ? null
      : forKeys(operation)
        ? 'WAYPOST_KEY'
        : 'WAYPOST_TOKEN';
    const call = callOf(method, path, operation);
    return Object.entries(FENCES).map(
      ([language, fence]) =>
        `\`\`\`${fence} ${language}\n${snippet(language, call, { origin: ORIGIN, variable })}\n\`\`\``,
    );
  }

  function answers({ responses }) {
    const good = Object.entries(responses).filter(([status]) => status < '300');
    const codes = Object.values(responses).flatMap(({ content }) =>
      Object.keys(content?.['application/json']?.examples ?? {}).filter((name) =>
        Object.hasOwn(document.components.examples, name),
      ),
    );
    return [
      good.map(([status, { description }]) => `- **${status}** ${cell(description)}`).join('\n'),
      codes.length === 0
        ? ''
        : `Errors: ${[...new Set(codes)].map((one) => code(one)).join(', ')} ([what they mean](../errors.md)).`,
    ];
  }

  const operationText = ({ method, path, operation }) =>
    [
      `## ${operation.summary}`,
      code(`${method.toUpperCase()} ${path}`),
      operation.description ?? '',
      credential(operation),
      ...takes(operation),
      ...programs(method, path, operation),
      ...answers(operation),
    ]
      .filter((part) => part !== '')
      .join('\n\n');

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0]))];
  const about = new Map(document.tags.map(({ name, description }) => [name, description]));
  const overview = {
    file: 'api/index.md',
    text: `# API reference

${document.info.description}

**Programs.** Each operation is shown as a program in cURL, Node and Python, without packages to install. They read the API key from
\`WAYPOST_KEY\`; where only people may do it, a [user token](../credentials.md) from \`WAYPOST_TOKEN\`. [Try it](/docs) in the browser, or load
[\`openapi.json\`](/openapi.json) or the [Postman collection](/postman.json).

| | operations | |
|---|--:|---|
${tags
  .map((tag) => {
    const count = operations.filter(({ operation }) => operation.tags[0] === tag).length;
    return `| [${tag}](${slug(tag)}.md) | ${count} | ${about.get(tag) ?? ''} |`;
  })
  .join('\n')}
`,
  };
  return [
    overview,
    ...tags.map((tag) => ({
      file: `api/${slug(tag)}.md`,
      text: [
        `# API: ${tag}`,
        about.get(tag) ?? '',
        ...operations.filter(({ operation }) => operation.tags[0] === tag).map(operationText),
      ].join('\n\n'),
    })),
  ];
}
