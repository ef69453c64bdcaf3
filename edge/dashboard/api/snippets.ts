/** A call of the API, as a page makes it. */
export type ShownCall = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
};

export const LANGUAGES = ['cURL', 'Node', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

type Options = {
  origin: string;
  /** The key itself, where it was just made; else the name of a variable. */
  key?: string;
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function curl({ method, path, body }: ShownCall, { origin, key }: Options): string {
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quote(origin + path)}`,
    `-H "authorization: Bearer ${key ?? '$WAYPOST_KEY'}"`,
  ];
  if (body !== undefined)
    lines.push("-H 'content-type: application/json'", `-d ${quote(JSON.stringify(body))}`);
  return lines.join(' \\\n  ');
}

function node({ method, path, body }: ShownCall, { origin, key }: Options): string {
  const bearer = key === undefined ? '`Bearer ${process.env.WAYPOST_KEY}`' : `'Bearer ${key}'`;
  const json = body === undefined ? '' : "\n    'content-type': 'application/json',";
  const sent = body === undefined ? '' : `\n  body: JSON.stringify(${indent(body)}),`;
  return `const response = await fetch('${origin}${path}', {
  method: '${method}',
  headers: {
    authorization: ${bearer},${json}
  },${sent}
});
console.log(await response.json());`;
}

function python({ method, path, body }: ShownCall, { origin, key }: Options): string {
  const bearer = key === undefined ? `f"Bearer {os.environ['WAYPOST_KEY']}"` : `"Bearer ${key}"`;
  const data = body === undefined ? '' : `\n    data=json.dumps(${literal(body)}).encode(),`;
  const json = body === undefined ? '' : ', "content-type": "application/json"';
  return `import json, os, urllib.request

request = urllib.request.Request(
    "${origin}${path}",
    method="${method}",
    headers={"authorization": ${bearer}${json}},${data}
)
print(json.load(urllib.request.urlopen(request)))`;
}

const indent = (body: unknown): string => JSON.stringify(body, null, 2).replaceAll('\n', '\n  ');

/** JSON in Python's words. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, part]) => `${JSON.stringify(name)}: ${literal(part)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

const WRITERS = { cURL: curl, Node: node, Python: python };

/** The call as a program that runs as it stands, with no package to install. */
export const snippet = (language: Language, call: ShownCall, options: Options): string =>
  WRITERS[language](call, options);
