/** The part of the structure of SARIF 2.1.0 that our reports use, as a JSON Schema that allows nothing else. */

const text = { type: 'string', minLength: 1 };
const index = { type: 'integer', minimum: 0 };
const line = { type: 'integer', minimum: 1 };
const level = { enum: ['none', 'note', 'warning', 'error'] };

function only(properties: object, required: readonly string[]): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

function listOf(items: object, rest: object = {}): object {
  return { type: 'array', items, ...rest };
}

const message = only({ text }, ['text']);
const region = only({ startLine: line, startColumn: line, endLine: line, endColumn: line }, ['startLine']);
const artifactLocation = only({ uri: { type: 'string', format: 'uri-reference' }, uriBaseId: text }, ['uri']);
const physicalLocation = only({ artifactLocation, region }, ['artifactLocation', 'region']);
const location = only({ physicalLocation }, ['physicalLocation']);
const relatedLocation = only({ id: index, physicalLocation, message }, ['id', 'physicalLocation', 'message']);
const rule = only(
  {
    id: text,
    shortDescription: message,
    help: message,
    defaultConfiguration: only({ level }, ['level']),
  },
  ['id', 'shortDescription', 'help'],
);
const notification = only({ level, message, associatedRule: only({ id: text, index }, ['id', 'index']) }, [
  'level',
  'message',
]);
const result = only(
  {
    ruleId: text,
    ruleIndex: index,
    level,
    message,
    // Code scanning refuses a result without a location.
    locations: listOf(location, { minItems: 1, maxItems: 1 }),
    relatedLocations: listOf(relatedLocation, { minItems: 1 }),
  },
  ['ruleId', 'ruleIndex', 'level', 'message', 'locations'],
);
const run = only(
  {
    tool: only(
      {
        driver: only(
          {
            name: text,
            semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
            rules: listOf(rule),
          },
          ['name', 'rules'],
        ),
      },
      ['driver'],
    ),
    automationDetails: only({ id: text }, ['id']),
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    invocations: listOf(
      only({ executionSuccessful: { type: 'boolean' }, toolExecutionNotifications: listOf(notification) }, [
        'executionSuccessful',
      ]),
    ),
    results: listOf(result),
  },
  ['tool', 'results'],
);

export const sarifStructure = only(
  {
    $schema: { type: 'string', format: 'uri' },
    version: { const: '2.1.0' },
    runs: listOf(run, { minItems: 1 }),
  },
  ['version', 'runs'],
);
