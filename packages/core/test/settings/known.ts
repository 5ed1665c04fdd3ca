// Every setting of PostgreSQL 15 to 18 that a role or a database can have by default, and what becomes of it here.

export interface Known {
  /**
   * `set`: each transaction of ours says it. `refused`: by name, before anything is done. `application`: belongs to the
   * application's own meaning, and is left to it. `limit`: may end a run with a fault that can be tried again.
   * `harmless`: has no part in any result.
   */
  readonly kind: 'set' | 'refused' | 'application' | 'limit' | 'harmless'
  readonly why: string
  /** Names, and the least friendly value where one is tried; several are tried one by one. */
  readonly settings: Readonly<Record<string, string | readonly string[] | null>>
  /** All of the group are set at once. */
  readonly together?: boolean
}

const names = (text: string): Record<string, null> =>
  Object.fromEntries(text.split(/\s+/).map(name => [name, null]))

export const known: readonly Known[] = [
  {
    kind: 'set',
    why: 'set in each transaction: how values and SQL are read and printed, and which rows are seen',
    settings: {
      DateStyle: ['German, DMY', 'SQL, DMY', 'Postgres, YMD'],
      IntervalStyle: ['sql_standard', 'postgres_verbose'],
      TimeZone: ['Asia/Kolkata', 'America/New_York'],
      timezone_abbreviations: 'Australia',
      bytea_output: 'escape',
      extra_float_digits: ['-15', '3'],
      array_nulls: 'off',
      xmlbinary: 'hex',
      xmloption: 'document',
      quote_all_identifiers: 'on',
      standard_conforming_strings: 'off',
      backslash_quote: 'off',
      transform_null_equals: 'on',
      row_security: 'off',
      gin_fuzzy_search_limit: '1',
      exit_on_error: 'on',
      restrict_nonsystem_relation_kind: 'view, foreign-table',
    },
  },
  {
    kind: 'set',
    why: 'each transaction begins with its own isolation and access mode',
    settings: {
      default_transaction_isolation: ['serializable', 'repeatable read'],
      default_transaction_read_only: 'on',
      default_transaction_deferrable: 'on',
      ...names('transaction_deferrable transaction_isolation transaction_read_only'),
    },
  },
  {
    kind: 'set',
    why: 'limits for interactive use are off in each transaction',
    settings: {
      statement_timeout: '1s',
      lock_timeout: '1s',
      idle_in_transaction_session_timeout: '1s',
      transaction_timeout: '1s',
    },
  },
  {
    kind: 'set',
    why: 'tables of a run say their access method; the driver says its encoding when it connects',
    settings: { default_table_access_method: 'nothing', client_encoding: 'LATIN1' },
  },
  {
    kind: 'refused',
    why: 'see settings.refused.test.ts',
    settings: names('session_replication_role zero_damaged_pages ignore_checksum_failure'),
  },
  {
    kind: 'application',
    why: 'finds the tables and functions of the application, and says what their values mean to all programs alike',
    settings: {
      search_path: ['public, pg_temp', 'pg_temp, public', 'pg_catalog, public'],
      lc_monetary: 'C',
      lc_numeric: 'C',
      lc_time: 'C',
      lc_messages: 'C',
      default_text_search_config: 'pg_catalog.german',
      synchronous_commit: ['off', 'local'],
      lo_compat_privileges: 'on',
      default_toast_compression: null,
      event_triggers: 'off',
      ...names('default_tablespace temp_tablespaces'),
    },
  },
  {
    kind: 'limit',
    why: 'idle connections are replaced; memory and room on the disk end a run by name',
    settings: {
      idle_session_timeout: '500',
      work_mem: '64kB',
      maintenance_work_mem: '1MB',
      temp_buffers: '800kB',
      max_stack_depth: '100kB',
      ...names('temp_file_limit'),
    },
  },
  {
    kind: 'harmless',
    why: 'variables of our blocks are no columns, and the blocks hold no assertion',
    settings: {
      'plpgsql.variable_conflict': ['use_variable', 'use_column'],
      'plpgsql.extra_errors': 'all',
      'plpgsql.extra_warnings': 'all',
      'plpgsql.check_asserts': 'off',
      'plpgsql.print_strict_params': 'on',
    },
  },
  {
    kind: 'harmless',
    why: 'the planner finds other ways to the same rows',
    together: true,
    settings: {
      enable_indexscan: 'off',
      enable_indexonlyscan: 'off',
      enable_bitmapscan: 'off',
      enable_hashjoin: 'off',
      enable_hashagg: 'off',
      enable_nestloop: 'off',
      enable_sort: 'off',
      enable_tidscan: 'off',
      enable_memoize: 'off',
      enable_partitionwise_join: 'on',
      enable_partitionwise_aggregate: 'on',
      constraint_exclusion: 'on',
      plan_cache_mode: 'force_generic_plan',
      from_collapse_limit: '1',
      join_collapse_limit: '1',
      geqo_threshold: '2',
      random_page_cost: '1000',
      default_statistics_target: '1',
      jit: 'on',
      jit_above_cost: '0',
      cursor_tuple_fraction: '0',
    },
  },
  {
    kind: 'harmless',
    why: 'the planner finds other ways to the same rows, with several processes',
    together: true,
    settings: {
      debug_parallel_query: 'on',
      force_parallel_mode: 'on',
      parallel_setup_cost: '0',
      parallel_tuple_cost: '0',
      min_parallel_table_scan_size: '0',
      min_parallel_index_scan_size: '0',
      max_parallel_workers_per_gather: '4',
      parallel_leader_participation: 'off',
      enable_seqscan: 'off',
      enable_mergejoin: 'off',
      enable_material: 'off',
      synchronize_seqscans: 'on',
      ...names(`max_parallel_workers max_parallel_maintenance_workers enable_async_append enable_distinct_reordering
        enable_gathermerge enable_group_by_reordering enable_incremental_sort enable_parallel_append enable_parallel_hash
        enable_partition_pruning enable_presorted_aggregate enable_self_join_elimination seq_page_cost cpu_index_tuple_cost
        cpu_operator_cost cpu_tuple_cost effective_cache_size geqo geqo_effort geqo_generations geqo_pool_size geqo_seed
        geqo_selection_bias hash_mem_multiplier jit_debugging_support jit_dump_bitcode jit_expressions
        jit_inline_above_cost jit_optimize_above_cost jit_profiling_support jit_tuple_deforming recursive_worktable_factor`),
    },
  },
  {
    kind: 'harmless',
    why: 'what is logged, counted and sent as notices',
    together: true,
    settings: {
      client_min_messages: 'debug1',
      escape_string_warning: 'on',
      log_statement: 'all',
      log_min_messages: 'debug1',
      log_error_verbosity: 'verbose',
      track_functions: 'all',
      application_name: 'odd "name"',
      ...names(`backtrace_functions compute_query_id log_connections log_disconnections log_duration log_executor_stats
        log_lock_failures log_lock_waits log_min_duration_sample log_min_duration_statement log_min_error_statement
        log_parameter_max_length log_parameter_max_length_on_error log_parser_stats log_planner_stats
        log_replication_commands log_statement_sample_rate log_statement_stats log_temp_files
        log_transaction_sample_rate debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten
        md5_password_warnings stats_fetch_consistency trace_notify trace_sort track_activities
        track_cost_delay_timing track_counts track_io_timing track_wal_io_timing update_process_title
        client_connection_check_interval`),
    },
  },
  {
    kind: 'harmless',
    why: 'how the server keeps its files, vacuums, replicates, loads code and holds connections; when locks are looked at',
    settings: {
      check_function_bodies: 'off',
      deadlock_timeout: '1ms',
      ...names(`allow_in_place_tablespaces allow_system_table_mods backend_flush_after commit_delay commit_siblings
        createrole_self_grant debug_discard_caches debug_logical_replication_streaming dynamic_library_path
        effective_io_concurrency extension_control_path extension_destdir file_copy_method gin_pending_list_limit
        icu_validation_level ignore_system_indexes io_combine_limit local_preload_libraries
        logical_decoding_work_mem maintenance_io_concurrency password_encryption post_auth_delay scram_iterations
        session_preload_libraries tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval
        tcp_user_timeout vacuum_buffer_usage_limit vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty
        vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age vacuum_freeze_min_age
        vacuum_freeze_table_age vacuum_max_eager_freeze_failure_rate vacuum_multixact_failsafe_age
        vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age vacuum_truncate wal_compression
        wal_consistency_checking wal_init_zero wal_recycle wal_sender_timeout wal_skip_threshold`),
    },
  },
]
