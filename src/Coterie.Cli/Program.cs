Console.WriteLine("coterie");
