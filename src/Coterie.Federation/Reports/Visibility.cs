using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Coterie.Tests")]
