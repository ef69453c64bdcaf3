import { expect, test } from 'vitest';
import { cookieName } from './session-cookie.ts';

test.each([
  ['http://127.0.0.1:8787', 'waypost-8787.session_token'],
  ['http://localhost:8788/', 'waypost-8788.session_token'],
  ['http://localhost', 'waypost.session_token'],
  ['http://[::1]:8787', 'waypost-8787.session_token'],
  ['https://api.example.com', '__Secure-waypost.session_token'],
  ['https://api.example.com:8443', '__Secure-waypost.session_token'],
  ['http://10.0.0.5:8787', 'waypost.session_token'],
])('the login at %s is in the cookie %s', (BASE_URL, name) => {
  expect(cookieName({ BASE_URL }, 'session_token')).toBe(name);
});
