-- Lanes: claim, load, commit. One function call a batch of lanes, one transaction, one synced commit.

-- Takes free lanes that are due, class by class: of each at most its own limit, of all together at most the first one's.
-- The caller's session must be alive, and is kept from being reaped until the claim is through: else its lanes would be nobody's for ever.
create function lane_claim(p_tenants text, p_session bigint, p_limits int[])
returns table (tenant text, entity text, claim bigint, todo int, process text, version int, state text, bulk text, next_command int)
language plpgsql as $$
#variable_conflict use_column
declare room int := p_limits[1]; taken int;
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  perform from session s where s.session_id = p_session and s.lease_until > now() for key share;
  if not found then
    raise exception 'session % is over', p_session using errcode = 'TP002';
  end if;
  for class_taken in 0 .. cardinality(p_limits) - 1 loop
    exit when room <= 0;
    return query
    with picked as materialized (
      select l.tenant, l.entity, l.due from lane l where l.owner is null and l.class = class_taken and l.due <= now()
      order by l.due limit least(p_limits[class_taken + 1], room) for update skip locked
    ), taken as (
      update lane l set owner = p_session, claim = nextval('claim_number'), steps = 0 from picked p
      where l.tenant = p.tenant and l.entity = p.entity
      returning l.tenant, l.entity, l.claim, l.todo, p.due
    )
    select t.tenant, t.entity, t.claim, t.todo, i.process, i.version, i.state, i.bulk, i.next_command
    from taken t left join instance i on i.tenant = t.tenant and i.entity = t.entity order by t.due;
    get diagnostics taken = row_count;
    room := room - taken;
  end loop;
end $$;

-- The unconsumed inbox of lanes that the caller owns, oldest first, at most `p_each` a lane. A message that was corrected by hand is read as it
-- was corrected last.
create function lane_inbox(p_tenants text, p_tenant text[], p_entity text[], p_each int)
returns table (tenant text, entity text, event_id bigint, kind text, at timestamptz, body text, message_id bigint,
  connection text, topic text, occurred_at timestamptz, received_at timestamptz, raw bytea, body_hash bytea, sealed_key bytea)
language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  return query
  select e.tenant, e.entity, e.event_id, e.kind, e.at, e.body, e.message_id, m.connection, m.topic, m.occurred_at, m.received_at,
    coalesce(x.body, m.body), coalesce(x.body_hash, m.body_hash), k.sealed_key
  from unnest(p_tenant, p_entity) as l(tenant, entity)
  cross join lateral (select i.* from inbox i where i.tenant = l.tenant and i.entity = l.entity order by i.event_id limit p_each) e
  left join message m on m.tenant = e.tenant and m.message_id = e.message_id and m.received_at = e.received_at
  left join vault.message_key k on k.tenant = e.tenant and k.message_id = e.message_id
  left join lateral (
    select d.body, d.body_hash from message_edit d where d.tenant = e.tenant and d.message_id = e.message_id order by d.edit desc limit 1
  ) x on true
  order by e.tenant, e.entity, e.event_id;
end $$;

create function lane_commands(p_tenants text, p_tenant text[], p_entity text[])
returns setof command language plpgsql as $$
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  return query select c.* from unnest(p_tenant, p_entity) as l(tenant, entity) join command c on c.tenant = l.tenant and c.entity = l.entity order by c.tenant, c.entity, c.number;
end $$;

-- A stock demand as it is now, whole, for each entity named ({ tenant, entity, demand: [{ sku, location, quantity }] }); books the
-- difference to what was reserved. Positions are locked in key order, deltas summed. An entity that raised its demand on a position
-- whose supply is known and too small is told by an event in its inbox.
create function stock_reserve(p_rows jsonb) returns void language plpgsql as $$
#variable_conflict use_column
declare deltas jsonb;
begin
  select jsonb_agg(to_jsonb(d)) into deltas from (
    select tenant, entity, sku, location, sum(quantity) as delta from (
      select r.tenant, r.entity, d.sku, d.location, d.quantity from jsonb_to_recordset(p_rows) as r(tenant text, entity text, demand jsonb)
        cross join lateral jsonb_to_recordset(r.demand) as d(sku text, location text, quantity numeric)
      union all
      select s.tenant, s.entity, s.sku, s.location, -s.quantity from jsonb_to_recordset(p_rows) as r(tenant text, entity text)
        join stock_reservation s on s.tenant = r.tenant and s.entity = r.entity
    ) as wanted_less_reserved group by tenant, entity, sku, location having sum(quantity) <> 0
  ) d;
  if deltas is null then return; end if;

  insert into stock_position as p (tenant, sku, location, reserved)
  select tenant, sku, location, sum(delta) from jsonb_to_recordset(deltas) as d(tenant text, sku text, location text, delta numeric)
  group by tenant, sku, location order by tenant collate "C", sku collate "C", location collate "C"
  on conflict (tenant, sku, location) do update set reserved = p.reserved + excluded.reserved;

  insert into stock_ledger (tenant, sku, location, entity, delta)
  select tenant, sku, location, entity, delta from jsonb_to_recordset(deltas) as d(tenant text, entity text, sku text, location text, delta numeric);
  delete from stock_reservation s using jsonb_to_recordset(p_rows) as r(tenant text, entity text) where s.tenant = r.tenant and s.entity = r.entity;
  insert into stock_reservation (tenant, entity, sku, location, quantity)
  select r.tenant, r.entity, d.sku, d.location, sum(d.quantity) from jsonb_to_recordset(p_rows) as r(tenant text, entity text, demand jsonb)
    cross join lateral jsonb_to_recordset(r.demand) as d(sku text, location text, quantity numeric)
  group by 1, 2, 3, 4 having sum(d.quantity) > 0;

  -- Of several that raise their demand at once, those that still fit are not told.
  perform inbox_add(tenant, entity, 'reservation', jsonb_build_object('short', jsonb_agg(jsonb_build_object('sku', sku, 'location', location, 'quantity', (booked - supply)::text)))::text)
  from (
    select d.*, p.supply, p.reserved - sum(d.delta) over position + sum(d.delta) over (position order by d.delta, d.entity collate "C") as booked
    from jsonb_to_recordset(deltas) as d(tenant text, entity text, sku text, location text, delta numeric)
    join stock_position p on p.tenant = d.tenant and p.sku = d.sku and p.location = d.location
    window position as (partition by d.tenant, d.sku, d.location)
  ) as demand
  where delta > 0 and booked > supply
  group by tenant, entity;
end $$;

-- Puts one event of our own into an entity's inbox and makes its lane due.
create function inbox_add(p_tenant text, p_entity text, p_kind text, p_body text) returns void language plpgsql as $$
begin
  insert into inbox (tenant, entity, kind, body) values (p_tenant, p_entity, p_kind, p_body);
  insert into lane as l (tenant, entity, todo, class, due) values (p_tenant, p_entity, 1, 1, now())
  on conflict (tenant, entity) do update set todo = l.todo + 1, due = least(l.due, now());
end $$;

-- A parked message goes back into its lane's inbox; a parked command is handed to its lane, which alone changes it. Lanes are locked
-- before what is parked in them, and a message that is gone is not counted as work.
create function parked_release(p_tenant text, p_parked bigint[], p_by text, p_resolution text) returns int language plpgsql as $$
declare thing record; released int := 0; found_rows int;
begin
  perform from lane l join (
    select distinct p.entity from parked p where p.tenant = p_tenant and p.parked_id = any (p_parked) and p.closed_at is null and p.entity is not null
  ) e on l.tenant = p_tenant and l.entity = e.entity order by l.entity for update of l;
  for thing in select * from parked p where p.tenant = p_tenant and p.parked_id = any (p_parked) and p.closed_at is null and p.kind in ('message', 'command') and p.entity is not null
    order by p.entity, p.parked_id for update
  loop
    if thing.kind = 'message' then
      insert into inbox (tenant, entity, kind, message_id, received_at)
      select m.tenant, thing.entity, 'message', m.message_id, m.received_at from message m where m.tenant = p_tenant and m.message_id = thing.key::bigint;
      get diagnostics found_rows = row_count;
      if found_rows > 0 then
        insert into lane as l (tenant, entity, todo, class, due) values (p_tenant, thing.entity, found_rows, 1, now())
        on conflict (tenant, entity) do update set todo = l.todo + excluded.todo, due = least(l.due, now());
      end if;
      update parked set closed_at = now(), resolution = case when found_rows > 0 then p_resolution else format('%s; its message is not kept any more', p_resolution) end
      where parked_id = thing.parked_id;
    else
      perform inbox_add(p_tenant, thing.entity, 'operator', jsonb_build_object('action', 'command.retry', 'number', thing.key::int, 'by', p_by, 'reason', p_resolution)::text);
    end if;
    delete from wait w where w.tenant = p_tenant and w.parked_id = thing.parked_id;
    released := released + 1;
  end loop;
  return released;
end $$;

-- What waited for this goes on: lanes become due, parked messages and commands are released.
create function wake(p_tenant text, p_topic text, p_by text) returns int language plpgsql as $$
declare lanes int; ids bigint[];
begin
  with gone as (delete from wait w where w.tenant = p_tenant and w.topic = p_topic and w.parked_id = 0 returning w.entity),
  due as (select l.tenant, l.entity from lane l join gone g on l.tenant = p_tenant and l.entity = g.entity order by 1, 2 for update of l)
  update lane l set due = now() from due where l.tenant = due.tenant and l.entity = due.entity and l.due > now();
  get diagnostics lanes = row_count;
  select array_agg(w.parked_id) into ids from wait w where w.tenant = p_tenant and w.topic = p_topic and w.parked_id <> 0;
  if ids is not null then
    lanes := lanes + parked_release(p_tenant, ids, p_by, format('healed: %s', p_topic));
  end if;
  return lanes;
end $$;

-- Lets the oldest of those that wait for a connection go on, urgent ones first, as many as it can take now. Answers how many rows it took away, also of
-- lanes that went on in the meantime: there may be more behind them.
create function wait_pull(p_tenant text, p_topic text, p_limit int) returns int language plpgsql as $$
declare pulled int;
begin
  perform set_config('tallyport.tenants', p_tenant, true);
  with oldest as (
    select w.entity from wait w where w.tenant = p_tenant and w.topic = p_topic and w.parked_id = 0 order by w.urgent desc, w.since limit p_limit for update skip locked
  ), gone as (
    delete from wait w using oldest o where w.tenant = p_tenant and w.topic = p_topic and w.entity = o.entity and w.parked_id = 0 returning w.entity
  ), free as (
    select l.entity from lane l join gone g on l.tenant = p_tenant and l.entity = g.entity where l.owner is null order by l.entity for update of l skip locked
  ), made_due as (
    update lane l set due = now() from free f where l.tenant = p_tenant and l.entity = f.entity returning 1
  )
  select count(*) into pulled from gone;
  return pulled;
end $$;

-- Names records of platforms as ours, and releases what waited for that.
create function link_add(p_links jsonb) returns void language plpgsql as $$
#variable_conflict use_column
declare link record;
begin
  for link in
    with added as (
      insert into identity_link (tenant, connection, type, external_id, entity)
      select distinct on (x.tenant, x.connection, x.type, x.external_id) x.tenant, x.connection, x.type, x.external_id, x.entity
      from jsonb_to_recordset(p_links) as x(tenant text, connection text, type text, external_id text, entity text) order by 1, 2, 3, 4
      on conflict do nothing returning *
    )
    select a.tenant, a.entity, format('link:%s:%s:%s', a.connection, a.type, a.external_id) as topic from added a
    where exists (select from wait w where w.tenant = a.tenant and w.topic = format('link:%s:%s:%s', a.connection, a.type, a.external_id))
  loop
    update parked p set entity = link.entity from wait w where w.tenant = link.tenant and w.topic = link.topic and p.parked_id = w.parked_id and p.entity is null;
    perform wake(link.tenant, link.topic, 'system');
  end loop;
end $$;

-- What steps leave behind besides their hot rows: rare or small, so they travel as JSON, each an array of rows with tenant and entity.
-- { links, aliases, timers, open, close, waits, proposals, reservations, release }
create function lane_extras(p_extras jsonb) returns void language plpgsql as $$
#variable_conflict use_column
begin
  if p_extras ? 'links' then perform link_add(p_extras->'links'); end if;
  if p_extras ? 'aliases' then
    insert into alias (tenant, alias, entity) select distinct x.tenant, x.alias, x.entity
    from jsonb_to_recordset(p_extras->'aliases') as x(tenant text, alias text, entity text) order by 1, 2, 3 on conflict do nothing;
  end if;
  if p_extras ? 'timers' then
    delete from timer t using jsonb_to_recordset(p_extras->'timers') as x(tenant text, entity text, name text, at timestamptz)
    where x.at is null and t.tenant = x.tenant and t.entity = x.entity and t.name = x.name;
    insert into timer (tenant, entity, name, at, source)
    select x.tenant, x.entity, x.name, x.at, x.source from jsonb_to_recordset(p_extras->'timers') as x(tenant text, entity text, name text, at timestamptz, source text)
    where x.at is not null order by 1, 2, 3
    on conflict (tenant, entity, name) do update set at = excluded.at, source = excluded.source;
  end if;
  if p_extras ? 'close' then
    with closed as (
      update parked p set closed_at = now(), resolution = x.resolution from jsonb_to_recordset(p_extras->'close') as x(tenant text, entity text, kind text, key text, resolution text)
      where p.tenant = x.tenant and p.kind = x.kind and p.entity = x.entity and p.key = x.key and p.closed_at is null returning p.tenant, p.parked_id
    )
    delete from wait w using closed c where w.tenant = c.tenant and w.parked_id = c.parked_id;
  end if;
  if p_extras ? 'open' then
    with opened as (
      insert into parked (tenant, kind, entity, key, connection, name, cause, detail, problems, remedy, value_minor, currency)
      select x.tenant, x.kind, x.entity, x.key, x.connection, x.name, x.cause, x.detail, x.problems, x.remedy, x.value_minor, x.currency
      from jsonb_to_recordset(p_extras->'open') as x(tenant text, kind text, entity text, key text, connection text, name text, cause text, detail text, problems text, remedy text, value_minor bigint, currency text)
      on conflict (tenant, kind, entity, key) where closed_at is null
        do update set cause = excluded.cause, detail = excluded.detail, problems = excluded.problems, value_minor = excluded.value_minor, currency = excluded.currency
      returning tenant, kind, entity, key, parked_id
    )
    insert into wait (tenant, topic, entity, parked_id)
    select o.tenant, t.topic, o.entity, o.parked_id
    from opened o join jsonb_to_recordset(p_extras->'open') as x(tenant text, kind text, entity text, key text, topics jsonb) using (tenant, kind, entity, key)
      cross join lateral jsonb_array_elements_text(coalesce(x.topics, '[]')) as t(topic)
    on conflict do nothing;
  end if;
  if p_extras ? 'waits' then
    insert into wait (tenant, topic, entity, urgent) select x.tenant, x.topic, x.entity, bool_or(coalesce(x.urgent, false))
    from jsonb_to_recordset(p_extras->'waits') as x(tenant text, topic text, entity text, urgent boolean) group by 1, 2, 3
    on conflict (tenant, topic, entity, parked_id) do update set urgent = excluded.urgent where wait.urgent <> excluded.urgent;
  end if;
  if p_extras ? 'proposals' then
    insert into crosswalk (tenant, connection, crosswalk_table, key, status, proposal, source)
    select distinct on (x.tenant, x.connection, x.crosswalk_table, x.key) x.tenant, x.connection, x.crosswalk_table, x.key, 'proposed', x.proposal, 'proposed'
    from jsonb_to_recordset(p_extras->'proposals') as x(tenant text, connection text, crosswalk_table text, key text, proposal text) order by 1, 2, 3, 4
    on conflict do nothing;
  end if;
  if p_extras ? 'release' then
    delete from conflict_hold h using jsonb_to_recordset(p_extras->'release') as x(tenant text, entity text, number int)
    where h.tenant = x.tenant and h.entity = x.entity and h.number = x.number;
  end if;
  if p_extras ? 'reservations' then perform stock_reserve(p_extras->'reservations'); end if;
end $$;

-- Commits the steps of many lanes at once, each fenced by owner and claim. Answers only what the caller cannot know:
--   fenced  this lane is not the caller's any more; nothing of the batch was applied
--   applied this very step was committed before (its answer was lost); nothing of the batch was applied now
--   more    events came in that the caller has not seen
--   held    the command's conflict key is held by another; its attempt was not begun, and it stays what it was before: one that is
--           ambiguous, or that the platform works on, would else be taken for one that never had an effect
create function lane_commit(
  p_tenants text, p_session bigint,
  l_tenant text[], l_entity text[], l_claim bigint[], l_sequence int[], l_process text[], l_version int[], l_state text[], l_bulk text[], l_next int[], l_delta int[], l_expected int[], l_release boolean[], l_due_ms bigint[],
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

  insert into instance as i (tenant, entity, process, version, state, bulk, next_command)
  select u.tenant, u.entity, u.process, u.version, u.state, u.bulk, u.next
  from unnest(l_tenant, l_entity, l_process, l_version, l_state, l_bulk, l_next) as u(tenant, entity, process, version, state, bulk, next)
  where u.state is not null
  on conflict (tenant, entity) do update set process = excluded.process, version = excluded.version, state = excluded.state,
    bulk = coalesce(excluded.bulk, i.bulk), next_command = excluded.next_command, updated_at = now();

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
    -- Of several in one batch that want the same key, the one that holds it already has it, else one of them gets it.
    with wanted as (
      select * from unnest(k_tenant, k_connection, k_key, k_entity, k_number) as u(tenant, connection, key, entity, number)
    ), got as (
      insert into conflict_hold as h (tenant, connection, key, entity, number)
      select distinct on (w.tenant, w.connection, w.key) w.tenant, w.connection, w.key, w.entity, w.number
      from wanted w left join conflict_hold b on b.tenant = w.tenant and b.connection = w.connection and b.key = w.key
      order by w.tenant, w.connection, w.key, b.entity = w.entity and b.number = w.number desc nulls last, w.entity, w.number
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

  -- One that is kept changes no indexed column, so that the update stays within its page.
  update lane l set todo = l.todo + u.delta, steps = l.steps + 1, owner = case when u.release then null else l.owner end,
    due = case when not u.release then l.due when l.todo + u.delta <= u.expected then now() + u.due_ms * interval '1 ms' else now() end
  from unnest(l_tenant, l_entity, l_delta, l_expected, l_release, l_due_ms) as u(tenant, entity, delta, expected, release, due_ms)
  where l.tenant = u.tenant and l.entity = u.entity;
  delete from lane l using unnest(l_tenant, l_entity, l_release) as u(tenant, entity, release)
  where u.release and l.tenant = u.tenant and l.entity = u.entity and l.todo = 0;
  return query select 'more', l.tenant, l.entity, 0 from unnest(l_tenant, l_entity, l_expected, l_release) as u(tenant, entity, expected, release)
    join lane l on l.tenant = u.tenant and l.entity = u.entity where not u.release and l.todo > u.expected;
end $$;

-- Gives back lanes that the caller owns and does not hold: of a claim whose answer, or whose events, never arrived.
create function lane_disown(p_tenants text, p_session bigint, p_tenant text[], p_entity text[]) returns int language plpgsql as $$
declare freed int;
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  with stray as (
    select l.tenant, l.entity from lane l where l.owner = p_session
      and not exists (select from unnest(p_tenant, p_entity) as u(tenant, entity) where u.tenant = l.tenant and u.entity = l.entity)
    order by l.tenant, l.entity for update
  )
  update lane l set owner = null, due = now() from stray s where l.tenant = s.tenant and l.entity = s.entity;
  get diagnostics freed = row_count;
  return freed;
end $$;

-- Recounts a lane whose counter disagrees with what lies in it. It never should; a lane that is claimed in vain would spin for ever.
create function lane_repair(p_tenants text, p_tenant text, p_entity text) returns int language plpgsql as $$
declare before int; counted int;
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  select todo into before from lane where tenant = p_tenant and entity = p_entity for update;
  if not found then return 0; end if;
  select (select count(*) from inbox i where i.tenant = p_tenant and i.entity = p_entity) + (select count(*) from command c where c.tenant = p_tenant and c.entity = p_entity and not c.parked) into counted;
  update lane set todo = counted where tenant = p_tenant and entity = p_entity;
  return counted - before;
end $$;

-- Work that lies in no lane, because a counter was too low and its lane went: nobody would ever look at it again. It never should be so.
create function lane_sweep(p_tenants text) returns table (tenant text, entity text) language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  for tenant, entity in
    select w.tenant, w.entity from (
      select i.tenant, i.entity from inbox i union select c.tenant, c.entity from command c where not c.parked
    ) w where not exists (select from lane l where l.tenant = w.tenant and l.entity = w.entity)
  loop
    insert into lane (tenant, entity, todo, class, due) values (tenant, entity, 0, 1, now()) on conflict do nothing;
    perform lane_repair(p_tenants, tenant, entity);
    return next;
  end loop;
end $$;
