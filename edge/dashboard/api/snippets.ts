/** A call of the API, as a page makes it. */
export type ShownCall = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
  /** Name of a file that is the body. */
  file?: string;
  /** Name of the file that an answer is saved as, which is no JSON. */
  saveAs?: string;
};

export const LANGUAGES = ['cURL', 'Node', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

type Options = {
  origin: string;
  /** The key itself, where it was just made; else the name of a variable. */
  key?: string;
  /** That variable; null where the call needs no credential. */
  variable?: string | null;
};

const VARIABLE = 'WAYPOST_KEY';
const ANY_FILE = 'application/octet-stream';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function curl(call: ShownCall, { origin, key, variable = VARIABLE }: Options): string {
  const { method, path, body, file, saveAs } = call;
  const lines = [`curl${method === 'GET' ? '' : ` -X ${method}`} ${quote(origin + path)}`];
  if (variable !== null) lines.push(`-H "authorization: Bearer ${key ?? `$${variable}`}"`);
  if (body !== undefined)
    lines.push("-H 'content-type: application/json'", `-d ${quote(JSON.stringify(body))}`);
  if (file !== undefined) lines.push(`-H 'content-type: ${ANY_FILE}'`, `--data-binary @${file}`);
  if (saveAs !== undefined) lines.push(`-o ${saveAs}`);
  return lines.join(' \\\n  ');
}

const typeOf = ({ body, file }: ShownCall): string | null =>
  body !== undefined ? 'application/json' : file !== undefined ? ANY_FILE : null;

function node(call: ShownCall, { origin, key, variable = VARIABLE }: Options): string {
  const { method, path, body, file, saveAs } = call;
  const bearer = key === undefined ? `\`Bearer \${process.env.${variable}}\`` : `'Bearer ${key}'`;
  const type = typeOf(call);
  const headers = [
    ...(variable === null ? [] : [`\n    authorization: ${bearer},`]),
    ...(type === null ? [] : [`\n    'content-type': '${type}',`]),
  ].join('');
  const sent =
    body !== undefined
      ? `\n  body: JSON.stringify(${indent(body)}),`
      : file === undefined
        ? ''
        : `\n  body: await readFile('${file}'),`;
  const used = [
    ...(file === undefined ? [] : ['readFile']),
    ...(saveAs === undefined ? [] : ['writeFile']),
  ];
  const imports =
    used.length === 0 ? '' : `import { ${used.join(', ')} } from 'node:fs/promises';\n\n`;
  return `${imports}const response = await fetch('${origin}${path}', {
  method: '${method}',${headers === '' ? '' : `\n  headers: {${headers}\n  },`}${sent}
});
${saveAs === undefined ? 'console.log(await response.json());' : `await writeFile('${saveAs}', Buffer.from(await response.arrayBuffer()));`}`;
}

function python(call: ShownCall, { origin, key, variable = VARIABLE }: Options): string {
  const { method, path, body, file, saveAs } = call;
  const bearer = key === undefined ? `f"Bearer {os.environ['${variable}']}"` : `"Bearer ${key}"`;
  const type = typeOf(call);
  const headers = [
    ...(variable === null ? [] : [`"authorization": ${bearer}`]),
    ...(type === null ? [] : [`"content-type": "${type}"`]),
  ].join(', ');
  const data =
    body !== undefined
      ? `\n    data=json.dumps(${literal(body)}).encode(),`
      : file === undefined
        ? ''
        : `\n    data=open("${file}", "rb").read(),`;
  return `import json, os, urllib.request

request = urllib.request.Request(
    "${origin}${path}",
    method="${method}",${headers === '' ? '' : `\n    headers={${headers}},`}${data}
)
${saveAs === undefined ? 'print(json.load(urllib.request.urlopen(request)))' : `open("${saveAs}", "wb").write(urllib.request.urlopen(request).read())`}`;
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
