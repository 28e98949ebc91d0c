/** The contract of every directory, on authentik's REST API as the test server gives it, and on a real one where there is one. */
import { describe, test } from 'vitest';
import { directoryContract } from '../contract/directory.js';
import type { Marks } from '../contract/marks.js';
import { openRealServer, openTestServer } from './authentik-support.js';

/** What authentik's REST API cannot do, by the title of the contract's test. */
const marks: Readonly<Record<string, string>> = {
  'every kind gives back its normal form': 'some kinds are not made over REST, or need a licence',
  'a set keeps the elements that others added meanwhile': 'there are no permissions but those of the server',
  'at most one brand is the default': 'the server has a default brand from the beginning',
  'an object may refer to itself': 'ids cannot be chosen',
  'integer ids count up and are not given twice': 'ids cannot be chosen',
  'the directory works out what is omitted': 'tokens live for half an hour unless the settings say otherwise',
  'an invitation that nobody made belongs to a user who is never listed':
    'it belongs to the account of the token',
  'what has expired is not there': 'it can still be changed until the server cleans it up',
};

/** What the test server leaves out. */
const leftOut: Readonly<Record<string, string>> = {
  'the settings say how long a token lives': 'the test server always takes half an hour',
};

/** The suite expects that a marked test fails; how it fails differs between the two servers. */
const failing = (reasons: Readonly<Record<string, string>>): Marks =>
  Object.fromEntries(Object.keys(reasons).map((title) => [title, /./s]));

directoryContract('authentik', () => openTestServer(), failing({ ...marks, ...leftOut }));

const { TEST_AUTHENTIK_URL: url, TEST_AUTHENTIK_TOKEN: token } = process.env;
if (url && token) directoryContract(`authentik at ${url}`, () => openRealServer(url, token), failing(marks));
else
  describe('a real authentik', () => {
    test.skip('is not there: set TEST_AUTHENTIK_URL and TEST_AUTHENTIK_TOKEN', () => {});
  });
