import type { Scope } from '../services/keys/require-scope.ts';

/** The scope that an operation asks of a key, for the OpenAPI document. Its service holds the caller to it. */
export const requiredScope = (scope: Scope) => ({ 'x-required-scope': scope });
