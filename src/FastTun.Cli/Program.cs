return await FastTun.Cli.CommandLine.EntryPoint.RunAsync(args);
