return await Coterie.Cli.CommandLine.RunAsync(args);
