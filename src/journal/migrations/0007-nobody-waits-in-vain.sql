-- Found in a review: lanes and turns that nobody would have touched again, and orders of locks that crossed.

-- As before; but a claim keeps its session from being reaped until it is through, else its lanes would belong to nobody for ever.
create or replace function lane_claim(p_tenants text, p_session bigint, p_limits int[])
returns table (tenant text, entity text, claim int, todo int, process text, version int, state text, next_command int)
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
      select l.tenant, l.entity from lane l where l.owner is null and l.class = class_taken and l.due <= now()
      order by l.due limit least(p_limits[class_taken + 1], room) for update skip locked
    ), taken as (
      update lane l set owner = p_session, claim = l.claim + 1, steps = 0 from picked p
      where l.tenant = p.tenant and l.entity = p.entity
      returning l.tenant, l.entity, l.claim, l.todo
    )
    select t.tenant, t.entity, t.claim, t.todo, i.process, i.version, i.state, i.next_command
    from taken t left join instance i on i.tenant = t.tenant and i.entity = t.entity;
    get diagnostics taken = row_count;
    room := room - taken;
  end loop;
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

-- As before; but lanes are locked in the order of their keys, and those of a session that is gone altogether are freed too: it may
-- have been reaped by a process that knows fewer tenants.
create or replace function session_reap(p_tenants text, p_session bigint) returns table (session_id bigint, lanes int) language plpgsql as $$
#variable_conflict use_column
declare dead record; freed int;
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  for dead in delete from session s where s.session_id = p_session or s.lease_until < now() returning s.session_id loop
    -- Its permits come back when its calls can have no effect any more.
    update limit_lease b set until = coalesce(
      (select max(c.attempt_deadline + c.settle_ms * interval '1 ms') from lane l join command c on c.tenant = l.tenant and c.entity = l.entity
        where l.owner = dead.session_id and c.tenant = b.tenant and c.connection = b.connection and c.state in ('attempting', 'ambiguous', 'accepted')), now())
    where b.session_id = dead.session_id;
    with mine as (select l.tenant, l.entity from lane l where l.owner = dead.session_id order by l.tenant, l.entity for update)
    update lane l set owner = null, due = now() from mine m where l.tenant = m.tenant and l.entity = m.entity;
    get diagnostics freed = row_count;
    update poll_cursor set owner = null where owner = dead.session_id;
    return query select dead.session_id, freed;
  end loop;
  for dead in
    with stray as (
      select l.tenant, l.entity, l.owner from lane l where l.owner is not null and not exists (select from session s where s.session_id = l.owner)
      order by l.tenant, l.entity for update
    ), freed as (
      update lane l set owner = null, due = now() from stray s where l.tenant = s.tenant and l.entity = s.entity returning s.owner
    )
    select f.owner as session_id, count(*)::int as lanes from freed f group by f.owner
  loop
    return query select dead.session_id, dead.lanes;
  end loop;
end $$;

-- As before; but lanes are locked before timers, in the order of their keys, as every step of a lane does.
create or replace function timer_fire(p_tenants text, p_limit int) returns int language plpgsql as $$
declare fired int := 0; due record; tenants text[]; entities text[]; names text[];
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  select array_agg(d.tenant), array_agg(d.entity), array_agg(d.name) into tenants, entities, names from (
    select t.tenant, t.entity, t.name from timer t where t.at <= now()
      and (t.source is null or not exists (select from poll_cursor c where c.tenant = t.tenant and c.connection = t.source and (c.read_to is null or c.read_to < t.at)))
    order by t.at limit p_limit
  ) d;
  if tenants is null then return 0; end if;
  perform from lane l join (select distinct u.tenant, u.entity from unnest(tenants, entities) as u(tenant, entity)) u on l.tenant = u.tenant and l.entity = u.entity
    order by l.tenant, l.entity for update of l;
  for due in
    select t.* from unnest(tenants, entities, names) as u(tenant, entity, name) join timer t on t.tenant = u.tenant and t.entity = u.entity and t.name = u.name
    where t.at <= now() order by t.tenant, t.entity, t.name for update of t skip locked
  loop
    delete from timer t where t.tenant = due.tenant and t.entity = due.entity and t.name = due.name;
    perform inbox_add(due.tenant, due.entity, 'deadline', jsonb_build_object('name', due.name, 'at', due.at)::text);
    fired := fired + 1;
  end loop;
  return fired;
end $$;

-- As before; but lanes are locked before what is parked in them, and a message that is gone is not counted as work.
create or replace function parked_release(p_tenant text, p_parked bigint[], p_by text, p_resolution text) returns int language plpgsql as $$
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

-- As before; but answers how many rows it took away, also of lanes that went on in the meantime: there may be more behind them.
create or replace function wait_pull(p_tenant text, p_topic text, p_limit int) returns int language plpgsql as $$
declare pulled int;
begin
  perform set_config('tallyport.tenants', p_tenant, true);
  with oldest as (
    select w.entity from wait w where w.tenant = p_tenant and w.topic = p_topic and w.parked_id = 0 order by w.since limit p_limit for update skip locked
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
