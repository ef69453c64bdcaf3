/** Sessions that a tier includes. `workspaces.max_sessions` overrides it for one workspace. */
export const TIER_SESSIONS = { basic: 5, pro: 20, max: 40 } as const;
