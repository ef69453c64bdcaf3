import { describe, expect, it } from 'vitest';
import { returnUrl } from './return-url.ts';

const env = {
  BASE_URL: 'https://api.waypost.example',
  FRONTEND_URL: 'https://app.waypost.example/home',
  CORS_ORIGINS: ['https://tools.example'],
};

describe('returnUrl', () => {
  it.each([
    ['/welcome?x=1#top', 'https://api.waypost.example/welcome?x=1#top'],
    ['https://app.waypost.example/in', 'https://app.waypost.example/in'],
    ['https://tools.example/', 'https://tools.example/'],
    ['/..//evil.example/', 'https://api.waypost.example//evil.example/'],
    ['//evil.example/', env.FRONTEND_URL],
    ['/\\evil.example/', env.FRONTEND_URL],
    ['https://evil.example/', env.FRONTEND_URL],
    ['https://api.waypost.example@evil.example/', env.FRONTEND_URL],
    ['javascript:alert(1)', env.FRONTEND_URL],
    ['http://', env.FRONTEND_URL],
  ])('%s leads to %s', (address, url) => {
    expect(returnUrl(address, env)).toBe(url);
  });

  it('leads to the API when there is no frontend', () => {
    expect(returnUrl('//evil.example/', { ...env, FRONTEND_URL: undefined })).toBe(
      'https://api.waypost.example/',
    );
  });
});
