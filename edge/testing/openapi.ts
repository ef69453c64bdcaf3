import { z } from 'zod';

const Content = z
  .record(z.string(), z.object({ schema: z.unknown(), example: z.unknown().optional() }).loose())
  .optional();

const Operation = z
  .object({
    operationId: z.string().optional(),
    summary: z.string().optional(),
    tags: z.array(z.string()).optional(),
    security: z.array(z.unknown()).optional(),
    requestBody: z.object({ content: Content }).loose().optional(),
    responses: z.record(z.string(), z.object({ content: Content }).loose()),
  })
  .loose();

const Document = z
  .object({
    openapi: z.string(),
    paths: z.record(z.string(), z.record(z.string(), Operation)),
    components: z
      .object({ schemas: z.record(z.string(), z.unknown()), securitySchemes: z.unknown() })
      .loose(),
  })
  .loose();
export type Document = z.infer<typeof Document>;

export type ListedOperation = z.infer<typeof Operation> & { method: string; path: string };

/** The public document as a client reads it, and its operations one by one. */
export function readDocument(json: unknown): { document: Document; operations: ListedOperation[] } {
  const document = Document.parse(json);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  return { document, operations };
}
