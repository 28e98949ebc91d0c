/** A query that is being read: what is behind, and what may come next. The parser moves it on, completion looks at it. */
import type { QueryProblem } from './problem.js';
import type { Name, Operator, Query, Value } from './syntax.js';

/** What may come next. `item` is a value inside the parentheses of `in`, `listed` what follows it. */
export type Expected = 'condition' | 'operator' | 'not' | 'value' | 'list' | 'item' | 'listed' | 'word';

export interface Group {
  readonly terms: Query[];
  readonly words: ('and' | 'or')[];
  /** Where its first token starts and its last one ends. */
  start: number;
  end: number;
  /** The deepest chain among the terms. */
  height: number;
}

/** A query that is being read. */
export interface Reading {
  expected: Expected;
  /** The open parentheses, outermost first; the first one is the query itself. */
  readonly groups: Group[];
  /** The condition that is being read. */
  name: Name | undefined;
  operator: Operator | undefined;
  operatorStart: number;
  values: Value[];
  /** What is worth saying about the texts read so far. */
  readonly warnings: QueryProblem[];
  readonly text: string;
}

/** Nothing is read yet. */
export function startReading(text: string): Reading {
  return {
    expected: 'condition',
    groups: [newGroup()],
    name: undefined,
    operator: undefined,
    operatorStart: 0,
    values: [],
    warnings: [],
    text,
  };
}

export function newGroup(): Group {
  return { terms: [], words: [], start: -1, end: -1, height: 0 };
}
