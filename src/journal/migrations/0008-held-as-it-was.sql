-- As before, but for one thing: a command that does not get its conflict key stays what it was before this attempt. One that is
-- ambiguous, or that the platform works on, would else be taken for one that never had an effect, and be sent again.
create or replace function lane_commit(
  p_tenants text, p_session bigint,
  l_tenant text[], l_entity text[], l_claim int[], l_sequence int[], l_process text[], l_version int[], l_state text[], l_next int[], l_delta int[], l_expected int[], l_release boolean[], l_due_ms bigint[],
  e_tenant text[], e_entity text[], e_id bigint[], e_disposition text[], e_code text[], e_detail text[], e_events text[],
  c_tenant text[], c_entity text[], c_number int[], c_name text[], c_connection text[], c_slot text[], c_payload text[], c_request text[], c_mapping text[], c_state text[], c_parked boolean[],
  c_attempt int[], c_timeout_ms int[], c_conflicts int[], c_delay_ms bigint[], c_settle_ms int[], c_handle text[], c_caused_by text[],
  f_tenant text[], f_entity text[], f_number int[], f_outcome text[], f_result text[],
  a_tenant text[], a_entity text[], a_number int[], a_attempt int[], a_step text[], a_outcome text[], a_detail text[], a_took_ms int[],
  k_tenant text[], k_connection text[], k_key text[], k_entity text[], k_number int[],
  p_extras jsonb
) returns table (kind text, tenant text, entity text, number int)
language plpgsql as $$
#variable_conflict use_column
declare mine int; consumed int;
begin
  perform set_config('tallyport.tenants', p_tenants, true);

  perform 1 from lane l join unnest(l_tenant, l_entity, l_claim, l_sequence) as u(tenant, entity, claim, sequence) on l.tenant = u.tenant and l.entity = u.entity
  where l.owner = p_session and l.claim = u.claim and l.steps = u.sequence order by l.tenant, l.entity for update of l;
  get diagnostics mine = row_count;
  if mine <> cardinality(l_tenant) then
    return query
    select case when l.steps = u.sequence + 1 then 'applied' else 'fenced' end, u.tenant, u.entity, 0
    from unnest(l_tenant, l_entity, l_claim, l_sequence) as u(tenant, entity, claim, sequence)
    left join lane l on l.tenant = u.tenant and l.entity = u.entity and l.owner = p_session and l.claim = u.claim
    where l.steps is distinct from u.sequence;
    return;
  end if;

  insert into instance as i (tenant, entity, process, version, state, next_command)
  select u.tenant, u.entity, u.process, u.version, u.state, u.next from unnest(l_tenant, l_entity, l_process, l_version, l_state, l_next) as u(tenant, entity, process, version, state, next)
  where u.state is not null
  on conflict (tenant, entity) do update set process = excluded.process, version = excluded.version, state = excluded.state, next_command = excluded.next_command, updated_at = now();

  if cardinality(e_id) > 0 then
    with gone as (
      delete from inbox i using unnest(e_tenant, e_entity, e_id, e_disposition, e_code, e_detail, e_events) as u(tenant, entity, event_id, disposition, code, detail, events)
      where i.tenant = u.tenant and i.entity = u.entity and i.event_id = u.event_id
      returning i.tenant, i.entity, i.event_id, i.kind, i.at, i.message_id, u.disposition, u.code, u.detail, u.events
    )
    insert into event_log (tenant, entity, event_id, kind, at, message_id, disposition, code, detail, events) select * from gone;
    get diagnostics consumed = row_count;
    if consumed <> cardinality(e_id) then
      raise exception 'consumed % of % events', consumed, cardinality(e_id) using errcode = 'TP003';
    end if;
  end if;

  if cardinality(c_number) > 0 then
    insert into command as c (tenant, entity, number, name, connection, slot, payload, request, mapping, state, parked, attempt, attempt_started, attempt_deadline, conflicts, not_before, settle_ms, handle, caused_by)
    select u.tenant, u.entity, u.number, u.name, u.connection, u.slot, u.payload, u.request, u.mapping, u.state, u.parked, u.attempt,
      case when u.timeout_ms is not null then now() end, now() + u.timeout_ms * interval '1 ms', u.conflicts, now() + u.delay_ms * interval '1 ms', u.settle_ms, u.handle, u.caused_by
    from unnest(c_tenant, c_entity, c_number, c_name, c_connection, c_slot, c_payload, c_request, c_mapping, c_state, c_parked, c_attempt, c_timeout_ms, c_conflicts, c_delay_ms, c_settle_ms, c_handle, c_caused_by)
      as u(tenant, entity, number, name, connection, slot, payload, request, mapping, state, parked, attempt, timeout_ms, conflicts, delay_ms, settle_ms, handle, caused_by)
    on conflict (tenant, entity, number) do update set
      payload = case when excluded.request is null then coalesce(excluded.payload, c.payload) end,
      request = coalesce(excluded.request, c.request), mapping = coalesce(excluded.mapping, c.mapping),
      state = excluded.state, parked = excluded.parked, attempt = excluded.attempt,
      attempt_started = coalesce(excluded.attempt_started, c.attempt_started), attempt_deadline = coalesce(excluded.attempt_deadline, c.attempt_deadline),
      conflicts = excluded.conflicts, not_before = excluded.not_before, settle_ms = excluded.settle_ms, handle = excluded.handle;
  end if;

  if cardinality(f_number) > 0 then
    with gone as (
      delete from command c using unnest(f_tenant, f_entity, f_number, f_outcome, f_result) as u(tenant, entity, number, outcome, result)
      where c.tenant = u.tenant and c.entity = u.entity and c.number = u.number
      returning c.tenant, c.entity, c.number, c.name, c.connection, c.slot, c.request, c.mapping, u.outcome, u.result, c.attempt, c.caused_by, c.created_at
    )
    insert into command_done (tenant, entity, number, name, connection, slot, request, mapping, outcome, result, attempts, caused_by, created_at) select * from gone;
  end if;

  if cardinality(a_number) > 0 then
    insert into attempt (tenant, entity, number, attempt, step, outcome, detail, started_at, finished_at)
    select u.tenant, u.entity, u.number, u.attempt, u.step, u.outcome, u.detail, clock_timestamp() - u.took_ms * interval '1 ms', clock_timestamp() + u.ordinal * interval '1 us'
    from unnest(a_tenant, a_entity, a_number, a_attempt, a_step, a_outcome, a_detail, a_took_ms) with ordinality as u(tenant, entity, number, attempt, step, outcome, detail, took_ms, ordinal);
  end if;

  if p_extras is not null then perform lane_extras(p_extras); end if;

  if cardinality(k_number) > 0 then
    return query
    with wanted as (
      select * from unnest(k_tenant, k_connection, k_key, k_entity, k_number) as u(tenant, connection, key, entity, number)
    ), got as (
      insert into conflict_hold as h (tenant, connection, key, entity, number) select tenant, connection, key, entity, number from wanted order by tenant, connection, key, entity, number
      on conflict (tenant, connection, key) do update set number = h.number where h.entity = excluded.entity and h.number = excluded.number
      returning h.tenant, h.connection, h.key, h.entity, h.number
    ), missed as (
      select distinct tenant, entity, number from (select * from wanted except select * from got) as not_got
    ), undone as (
      update command c set state = case when c.state = 'attempting' then 'pending' else c.state end, attempt = c.attempt - 1,
        attempt_started = case when c.state <> 'attempting' then c.attempt_started end, attempt_deadline = case when c.state <> 'attempting' then c.attempt_deadline end, not_before = now() + (100 + random() * 300) * interval '1 ms'
      from missed m where c.tenant = m.tenant and c.entity = m.entity and c.number = m.number
      returning c.tenant, c.entity, c.number
    )
    select 'held', u.tenant, u.entity, u.number from undone u;
    -- Of a command that did not get all its keys, none stays held.
    delete from conflict_hold h using unnest(k_tenant, k_entity, k_number) as u(tenant, entity, number), command c
    where h.tenant = u.tenant and h.entity = u.entity and h.number = u.number and c.tenant = u.tenant and c.entity = u.entity and c.number = u.number and c.state = 'pending';
  end if;

  update lane l set todo = l.todo + u.delta, steps = l.steps + 1, owner = case when u.release then null else l.owner end,
    due = case when u.release and l.todo + u.delta <= u.expected then now() + u.due_ms * interval '1 ms' else now() end
  from unnest(l_tenant, l_entity, l_delta, l_expected, l_release, l_due_ms) as u(tenant, entity, delta, expected, release, due_ms)
  where l.tenant = u.tenant and l.entity = u.entity;
  delete from lane l using unnest(l_tenant, l_entity, l_release) as u(tenant, entity, release)
  where u.release and l.tenant = u.tenant and l.entity = u.entity and l.todo = 0;
  return query select 'more', l.tenant, l.entity, 0 from unnest(l_tenant, l_entity, l_expected, l_release) as u(tenant, entity, expected, release)
    join lane l on l.tenant = u.tenant and l.entity = u.entity where not u.release and l.todo > u.expected;
end $$;
