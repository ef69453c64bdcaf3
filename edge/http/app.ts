import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../context.ts';

/** What a route is registered on. Apart from `createApp`, so that routes need not know who puts them together. */
export type App = OpenAPIHono<AppEnv>;
