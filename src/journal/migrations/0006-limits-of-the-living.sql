-- A worker that was taken for dead may still ask for its share of a budget: the question was under way. Answered as before, it
-- would hold permits in the name of a session that nobody ends any more, for ever.
create or replace function limit_balance(p_tenant text, p_connection text, p_session bigint, p_concurrency int, p_capacity double precision, p_refill double precision, p_wanted int, p_in_use int, p_tokens double precision)
returns table (permits int, tokens double precision, paused_ms int) language plpgsql as $$
#variable_conflict use_column
declare account limit_account; others int; rivals int; share int; granted int; taken double precision;
begin
  perform set_config('tallyport.tenants', p_tenant, true);
  -- Keeps the session from being reaped until we are done; renewing it is not hindered.
  perform from session s where s.session_id = p_session for key share;
  if not found then
    return query select 0, 0::double precision, 0;
    return;
  end if;
  insert into limit_account (tenant, connection, concurrency, capacity, refill_per_second, tokens) values (p_tenant, p_connection, p_concurrency, p_capacity, p_refill, p_capacity) on conflict do nothing;
  select * into account from limit_account a where a.tenant = p_tenant and a.connection = p_connection for update;
  delete from limit_lease b where b.tenant = p_tenant and b.connection = p_connection
    and (b.until < now() or b.until is null and not exists (select from session s where s.session_id = b.session_id));
  select coalesce(sum(b.permits), 0), count(*) filter (where b.wanted > 0 and b.until is null) into others, rivals
  from limit_lease b where b.tenant = p_tenant and b.connection = p_connection and b.session_id <> p_session;
  -- An equal share for everybody who wants some, and beyond it only what nobody holds.
  share := ceil(account.concurrency::numeric / (rivals + 1));
  granted := greatest(p_in_use, least(p_wanted, account.concurrency - others, case when rivals > 0 then share else account.concurrency end));
  granted := greatest(p_in_use, least(granted, greatest(account.concurrency - others, 0)));
  insert into limit_lease as b (tenant, connection, session_id, permits, wanted) values (p_tenant, p_connection, p_session, granted, p_wanted)
  on conflict (tenant, connection, session_id) do update set permits = excluded.permits, wanted = excluded.wanted;
  if account.capacity is not null then
    account.tokens := least(account.capacity, account.tokens + extract(epoch from now() - account.refreshed_at) * account.refill_per_second);
    taken := greatest(0, least(p_tokens, account.tokens / (rivals + 1)));
    update limit_account a set tokens = account.tokens - taken, refreshed_at = now() where a.tenant = p_tenant and a.connection = p_connection;
  end if;
  return query select granted, taken, case when account.paused_until > now() then ceil(extract(epoch from account.paused_until - now()) * 1000)::int else 0 end;
end $$;
