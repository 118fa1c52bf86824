import { describe, expect, test } from 'vitest';
import { storedState, wholeState } from './instance-state.ts';

const state = { order: { id: 'A' }, status: 'open' };

describe('what is stored of an instance', () => {
  test('big members lie apart, and come back as part of the state', () => {
    const stored = storedState({ state, bulk: { members: ['order'], isChanged: true } });
    expect(stored).toEqual({ state: '{"status":"open"}', bulk: '{"order":{"id":"A"}}' });
    expect(wholeState(stored)).toEqual({ state, apart: ['order'] });
  });

  test('those that did not change are not written again', () => {
    expect(storedState({ state, bulk: { members: ['order'], isChanged: false } })).toEqual({
      state: '{"status":"open"}',
      bulk: null,
    });
  });

  test('a process that keeps nothing apart writes its state whole, and empties what an older version kept', () => {
    expect(storedState({ state })).toEqual({ state: JSON.stringify(state), bulk: null });
    const stored = storedState({ state, bulk: { members: [], isChanged: true } });
    expect(wholeState(stored)).toEqual({ state, apart: [] });
    expect(wholeState({ state: '[1]', bulk: null }).state).toEqual([1]);
  });
});
