/** Functions a retry-delay expression may call, with how many arguments each takes. */
const FUNCTIONS: Record<string, { arity: number | 'any'; apply: (args: number[]) => number }> = {
  pow: { arity: 2, apply: ([base = Number.NaN, power = Number.NaN]) => base ** power },
  sqrt: { arity: 1, apply: ([x = Number.NaN]) => Math.sqrt(x) },
  abs: { arity: 1, apply: ([x = Number.NaN]) => Math.abs(x) },
  exp: { arity: 1, apply: ([x = Number.NaN]) => Math.exp(x) },
  floor: { arity: 1, apply: ([x = Number.NaN]) => Math.floor(x) },
  ceil: { arity: 1, apply: ([x = Number.NaN]) => Math.ceil(x) },
  round: { arity: 1, apply: ([x = Number.NaN]) => Math.round(x) },
  min: { arity: 'any', apply: (args) => Math.min(...args) },
  max: { arity: 'any', apply: (args) => Math.max(...args) },
};

const TOKEN = /\s*(\d+(?:\.\d+)?|[a-z]+|[-+*/%(),])/y;
const MAX_LENGTH = 500;

function tokenize(source: string): string[] {
  if (source.length > MAX_LENGTH) throw new Error(`longer than ${MAX_LENGTH} characters`);
  const tokens: string[] = [];
  const text = source.trimEnd();
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`unexpected "${text.slice(at).trim()[0] ?? ''}"`);
    tokens.push(found);
  }
  return tokens;
}

/**
 * Value of a retry-delay expression: numbers, `+ - * / %`, brackets, `retried`, and the functions pow,
 * sqrt, abs, exp, floor, ceil, round, min, max. May be NaN or infinite, as arithmetic goes.
 * @throws Error saying which part is not understood.
 */
export function evaluateExpression(source: string, retried: number): number {
  const tokens = tokenize(source);
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const take = (wanted: string): void => {
    if (peek() !== wanted) throw new Error(`expected "${wanted}", found "${peek() ?? 'the end'}"`);
    position += 1;
  };

  const callFunction = (name: string): number => {
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (known === undefined) throw new Error(`unknown name "${name}"`);
    take('(');
    const args = [sum()];
    while (peek() === ',') {
      take(',');
      args.push(sum());
    }
    take(')');
    if (known.arity !== 'any' && args.length !== known.arity) {
      throw new Error(`${name} takes ${known.arity} argument(s), not ${args.length}`);
    }
    return known.apply(args);
  };

  const atom = (): number => {
    const token = peek();
    if (token === undefined) throw new Error('unexpected end');
    position += 1;
    if (token === '-') return -atom();
    if (token === '+') return atom();
    if (token === '(') {
      const value = sum();
      take(')');
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (token === 'retried') return retried;
    return callFunction(token);
  };

  const product = (): number => {
    let value = atom();
    for (let op = peek(); op === '*' || op === '/' || op === '%'; op = peek()) {
      position += 1;
      const right = atom();
      if (op === '*') value *= right;
      else if (op === '/') value /= right;
      else value %= right;
    }
    return value;
  };

  function sum(): number {
    let value = product();
    for (let op = peek(); op === '+' || op === '-'; op = peek()) {
      position += 1;
      const right = product();
      value = op === '+' ? value + right : value - right;
    }
    return value;
  }

  const result = sum();
  if (position < tokens.length) throw new Error(`unexpected "${peek() ?? ''}"`);
  return result;
}
