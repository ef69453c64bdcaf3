import { expect, test } from 'vitest';
import { signUpPolicy } from './sign-up-policy.ts';

test.each([
  ['http://127.0.0.1:8787', undefined, 'open'],
  ['http://localhost:8787', undefined, 'open'],
  ['http://[::1]:8787', undefined, 'open'],
  ['http://127.0.0.1:8787', 'closed', 'closed'],
  ['https://wa.example.com', undefined, 'invited'],
  ['https://localhost.example.com', undefined, 'invited'],
  ['https://127.0.0.1.example.com', undefined, 'invited'],
  ['http://192.168.1.10:8787', undefined, 'invited'],
  ['https://wa.example.com', 'open', 'open'],
] as const)('at %s with SIGN_UP %s: %s', (BASE_URL, SIGN_UP, policy) => {
  expect(signUpPolicy({ BASE_URL, SIGN_UP })).toBe(policy);
});
