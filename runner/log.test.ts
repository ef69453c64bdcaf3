import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

function logged(level: 'debug' | 'warn', fields: Record<string, unknown>): string {
  const lines: string[] = [];
  const log = createLog({
    level,
    base: { runnerId: 'r' },
    now: () => 0,
    write: (line) => lines.push(line),
  });
  log.info('thing.done', fields);
  return lines.join('');
}

describe('the log', () => {
  it('is one JSON line per unit of work', () => {
    expect(logged('debug', { sessionId: 'ses_1' })).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"thing.done","runnerId":"r","sessionId":"ses_1"}\n',
    );
  });

  it('keeps quiet below its level', () => {
    expect(logged('warn', {})).toBe('');
  });

  it.each([
    ['a QR code', { qr: 'hush' }],
    ['message text, deep down', { report: { fact: { text: 'hush' } } }],
    ['a token in an address', { url: 'https://x.test/?a=1&token=hush' }],
    [
      'a presigned signature',
      { error: new Error('PUT https://s.test/o?X-Amz-Signature=hush&b=1') },
    ],
    ['a session key', { assignment: { sessionKey: 'hush' } }],
  ])('has no %s', (_, fields) => {
    const line = logged('debug', fields);
    expect(line).not.toContain('hush');
    expect(line).toContain('[removed]');
  });

  it('holds what Node warns of, as one JSON line', () => {
    const program = `
      import { createLog } from '${new URL('./log.ts', import.meta.url).href}';
      import { onNodeWarning } from '${new URL('./node-warnings.ts', import.meta.url).href}';
      const log = createLog({ level: 'warn' });
      onNodeWarning((fields) => log.warn('runner.node_warning', fields));
      setTimeout(() => undefined, -1);`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    const entry: unknown = JSON.parse(stderr);
    expect(entry).toMatchObject({ event: 'runner.node_warning', name: 'TimeoutNegativeWarning' });
  });
});
