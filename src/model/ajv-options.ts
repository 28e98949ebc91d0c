/** Ajv's options for the JSON Schemas of this project. */

/**
 * They are part of the project and are checked by its tests, not by every run: compiling the schema of schemas takes
 * longer than compiling all of ours.
 */
export const ownSchemas = { strict: false, validateSchema: false } as const;
