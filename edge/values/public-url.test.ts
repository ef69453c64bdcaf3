import { describe, expect, it } from 'vitest';
import { BaseUrl, basePath, publicUrl, withoutBasePath } from './public-url.ts';

describe('BASE_URL', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com', ''],
    ['https://api.example.com/', 'https://api.example.com', ''],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787', ''],
    ['https://example.com/whatsapp', 'https://example.com/whatsapp', '/whatsapp'],
    ['https://example.com/a/b-1_c.d~/', 'https://example.com/a/b-1_c.d~', '/a/b-1_c.d~'],
  ])('%s', (given, BASE_URL, path) => {
    expect(BaseUrl.parse(given)).toBe(BASE_URL);
    expect(basePath({ BASE_URL })).toBe(path);
    expect(publicUrl({ BASE_URL }, '/docs')).toBe(`${BASE_URL}/docs`);
  });

  it.each([
    'ftp://example.com',
    'example.com',
    'https://example.com/?a=b',
    'https://example.com/#a',
    'https://example.com/a//b',
    'https://example.com/"><script>',
  ])('%s is refused', (given) => {
    expect(BaseUrl.safeParse(given).success).toBe(false);
  });
});

describe('a request that came below the path of the deployment', () => {
  const env = { BASE_URL: 'https://example.com/whatsapp' };
  it.each([
    ['/whatsapp', '/'],
    ['/whatsapp/', '/'],
    ['/whatsapp/v1/me?x=1', '/v1/me?x=1'],
    ['/v1/me', '/v1/me'],
    ['/whatsapps', '/whatsapps'],
    ['/whatsapp/whatsapp/a', '/whatsapp/a'],
  ])('%s is %s', (asked, path) => {
    const { url } = withoutBasePath(new Request(`http://127.0.0.1:8787${asked}`), env);
    expect(url).toBe(`http://127.0.0.1:8787${path}`);
  });

  it('keeps its method, headers and body', async () => {
    const init = { method: 'POST', headers: { 'x-api-key': 'k' }, body: 'text' };
    const request = withoutBasePath(new Request('http://127.0.0.1/whatsapp/v1/x', init), env);
    expect([request.method, request.headers.get('x-api-key')]).toEqual(['POST', 'k']);
    expect(await request.text()).toBe('text');
  });
});
