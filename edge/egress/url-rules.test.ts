import { describe, expect, it } from 'vitest';
import { parseAllowList } from '../../shared/egress/allow-list.ts';
import { REFUSED_URLS } from './refused-urls.ts';
import { judgeUrl } from './url-rules.ts';

const NOTHING = parseAllowList([]);
const judge = (url: string, allow: readonly string[] = []) =>
  judgeUrl(url, allow.length === 0 ? NOTHING : parseAllowList(allow), 'gateway.example.com');

describe('judgeUrl', () => {
  it.each(REFUSED_URLS.map((url) => [url.slice(0, 60), url]))('refuses %s', (_start, url) => {
    expect(judge(url)).toMatchObject({ ok: false, reason: expect.any(String) });
  });

  it.each([
    ['http://n8n:5678/hook', 'EGRESS_ALLOW=n8n:5678'],
    ['http://printer.local/', 'EGRESS_ALLOW=printer.local:80'],
    ['https://10.0.0.7/', 'EGRESS_ALLOW=10.0.0.7:443'],
    ['http://[fd00::7]:8080/', 'EGRESS_ALLOW=[fd00::7]:8080'],
  ])('says how %s could be allowed: %s', (url, setting) => {
    expect(judge(url)).toMatchObject({ ok: false, reason: expect.stringContaining(setting) });
    expect(judge(url, [setting.replace('EGRESS_ALLOW=', '')])).toMatchObject({ ok: true });
  });

  it.each([
    ['https://example.com/hook?a=b', 'example.com'],
    ['http://example.com:8080/', 'example.com'],
    ['https://example.com:8443/', 'example.com'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['https://1.1.1.1/', null],
    ['https://[2606:4700:4700::1111]/', null],
  ])('lets %s out to the public', (url, name) => {
    expect(judge(url)).toMatchObject({ ok: true, via: 'public', name });
  });

  it.each([
    ['http://127.0.0.1:9000/hook', ['127.0.0.1:9000']],
    ['http://[::1]:9000/hook', ['[::1]:9000']],
    ['http://inspector.local:22/', ['inspector.local:22']],
    ['http://n8n/', ['n8n:80']],
    ['https://n8n/', ['n8n:443']],
    ['http://10.1.2.3:5678/', ['10.0.0.0/8']],
    ['http://[::ffff:10.1.2.3]/', ['10.0.0.0/8']],
    ['http://[fd00::7]/', ['fd00::/8']],
  ])('lets %s through the private way when EGRESS_ALLOW has %j', (url, allow) => {
    expect(judge(url, allow)).toMatchObject({ ok: true, via: 'private', name: null });
  });

  it.each([
    ['http://127.0.0.1:9001/', ['127.0.0.1:9000']],
    ['http://192.168.1.2/', ['10.0.0.0/8']],
    ['http://other.local:22/', ['inspector.local:22']],
    ['http://user@127.0.0.1:9000/', ['127.0.0.1:9000']],
  ])('refuses %s when EGRESS_ALLOW has only %j', (url, allow) => {
    expect(judge(url, allow)).toMatchObject({ ok: false });
  });
});

describe('parseAllowList', () => {
  it.each(['10.0.0.0/40', 'host', 'host:80/path', 'http://host:80', ':80', 'a b:80'])(
    'refuses the entry %s',
    (entry) => {
      expect(() => parseAllowList([entry])).toThrow(/EGRESS_ALLOW/);
    },
  );
});
