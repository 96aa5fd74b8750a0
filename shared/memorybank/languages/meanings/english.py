"""English: what words mean."""

from __future__ import annotations

from memorybank.languages.meanings.table import Meanings, entries, listed, numbered

ENGLISH = Meanings(
    "en",
    capital_names=True,
    pairs_numbers=True,
    homonyms="may march mon sat sun wed",
    joining="and but",
    function="""
        the some this that these those is are was were am be been being do does did 's s re ve ll d m t there here
        it its of to in on at for from by with and or but as than then so if when while which who whom whose what
        where how into onto about over under up down out off through during per each every any both more
        very really quite just only even still yet already always often usually sometimes much lot lots he she
        they them his her hers their him you your yours can could may might must shall should would will has have
        had having got get gets getting not no yes please because since until till between after before again
        ever never lol tbh lmao imo omg um uh uhm er erm hmm ok okay don doesn didn isn aren wasn won
        cannot dr mr mrs ms prof sir
    """,
    subject="i we im ive",
    object="me us myself ourselves",
    own="my our mine ours",
    articles="a an",
    definite="the",
    senses=entries("""
        if: if unless when whenever
        report: thinks says believes claims said thought told
        origin: come_from comes_from am_from m_from is_from
        only: only
        alternate: every_other every_second
        off: off out away
        filler: you_know i_mean kind_of sort_of kinda sorta
        except: except except_for apart_from other_than everything_but anything_but excluding excepting
        minimum: at_least no_fewer_than no_less_than minimum
        maximum: at_most no_more_than up_to maximum
        nearly: almost nearly
        live: live lives living lived reside resides residing home hometown moved move moves moving relocate* based
            dwell*
        work: work works working worked job employed employer employee occupation profession
        named: called named name names goes_by call_me
        age: years_old year_old aged age old
        born: year_of_birth birth_year date_of_birth birth born birthday birth_date
        weigh: weigh* weight
        height: tall height
        cost: cost costs price priced rent pay_rent pay pays
        due: due expire* expiry deadline runs_out valid
        begin: start starts begin begins opens open leaves departs
        end: close closes closed ends end
        marital: single married engaged divorced widowed dating wed marriage broke_up separated split_up
        pregnant: had_a_baby had_her_baby expecting pregnant gave_birth expecting_a_baby
        prefer: prefer prefers preferred rather
        favourite: favourite favorite
        diet: veggie vegan vegetarian pescatarian omnivore
        have: had owned having have has own owns possess possesses got
        like: liked loved enjoyed like likes love loves enjoy enjoys adore adores fond fan keen
        dislike: can_t_stand cant_stand cannot_stand can_not_stand hate hates dislike dislikes detest* loathe*
        speak: spoke spoken speaking speak speaks fluent
        learn: learned learnt studied learn learns learning studying study
        play: played play plays playing
        read: read reads reading
        visit: visit visits visited been_to travelled traveled went_to trip flew
        allergic: allergic allergy allergies intolerant intolerance
        eat: eaten eat eats eating ate
        smoke: smoke smokes smoking smoked smoker cigarettes cigarette vape vapes vaping
        drink: drunk drinking drink drinks drinking drank
        take: took taken take takes taking
        know: knew know knows
        bought: buy buys buying bought purchase purchased purchasing acquired
        avoid: avoid avoids
        now: now currently nowadays these_days meanwhile lately recently at_the_moment by_now
        change: promoted promotion switched switch changed change changes replaced instead became become turned
            started
            again back_to back_in back_from back_at is_back m_back are_back re_back was_back new cut_down postponed
            rescheduled correction actually no_longer anymore any_more not_anymore
            mistake sorry increased reduced upgraded
        stop: got_rid_of graduated stolen expired has_expired stopped stop quit gave_up given_up deleted
            sold cancelled canceled died
            finished lost ended left done_with through_with finished_with handed_in submitted turned_in completed
            came_off got_off
            passed_away moved_out
        past: was_a was_an used_to formerly former previously until till ex
        also: also too another additionally besides return as_well other in_addition
        plan: saving_for saving_up_for finna fixing_to about_to considering thinking_about gonna wanna gotta must
            should need_to have_to ought_to
            will going_to plan plans planning want wants wanting intend*
            i_think probably maybe perhaps possibly suspect
            hope hopes hoping may might
            would_like looking_for thinking_of next_year next_month next_week tomorrow dream_of would want_to want_a
            waiting_for d_like d_love
        compare: than over rather_than
        and: and n
    """),
    people=entries("""
        mother: mother mothers mum mom mummy mama
        father: father fathers dad daddy papa
        parent: parent parents
        grandparent: grandparent grandparents
        sister: sister sisters
        brother: brother brothers
        sibling: sibling siblings
        son: son sons boys
        daughter: daughter daughters
        child: child children kid kids
        wife: wife
        husband: husband
        partner: partner
        girlfriend: girlfriend
        boyfriend: boyfriend
        ex: ex-girlfriend ex-boyfriend ex-wife ex-husband ex
        uncle: uncle uncles
        aunt: aunt aunts
        cousin: cousin cousins
        nephew: nephew nephews
        niece: niece nieces
        grandmother: grandmother grandma granny
        grandfather: grandfather grandpa
        grandson: grandson
        granddaughter: granddaughter
        mother-in-law: mother-in-law
        father-in-law: father-in-law
        sister-in-law: sister-in-law
        brother-in-law: brother-in-law
        stepfather: stepfather stepdad
        stepmother: stepmother stepmum
        stepbrother: stepbrother
        stepsister: stepsister
        godmother: godmother
        godfather: godfather
        friend: friend friends
        boss: boss manager supervisor
        colleague: colleague colleagues coworker coworkers
        neighbour: neighbour neighbours neighbor neighbors
        landlord: landlord landlady
        tenant: tenant tenants
        roommate: roommate roommates flatmate flatmates
        teacher: teacher teachers
        student: student students
        doctor: doctor doctors physician physicians gp
        dentist: dentist
        vet: vet
        lawyer: lawyer lawyers attorney
        nurse: nurse nurses
        therapist: therapist
        coach: coach trainer
        client: client clients customer
        accountant: accountant
        cardiologist: cardiologist
        hairdresser: hairdresser barber
        tutor: tutor
        team: team
        company: company
    """),
    things=entries("""
        car: car cars automobile automobiles
        afraid: scare scares afraid scared frightened terrified
        football: football soccer
        drive: drive drives driving drove
        film: film films movie movies
        flat: flat flats apartment apartments
        phone: phone phones mobile cellphone smartphone telephone
        sofa: sofa couch
        bike: bike bikes bicycle bicycles
        picture: picture pictures photo photos
        holiday: holiday holidays vacation vacations
        shop: shop shops store stores
        ill: ill sick
        sport: exercise workout
        big: big large huge
        small: small little tiny
        autumn: autumn fall
        beginning: beginner novice
        aeroplane: plane planes aeroplane airplane
        rubbish: rubbish garbage trash
        sweets: sweets candy
        motorbike: motorbike motorcycle
        university: university college uni
        supermarket: supermarket grocery
        laptop: laptop notebook
        trousers: trousers pants
        lift: lift elevator
        licence: licence license
    """),
    units=entries("""
        km: km kilometre kilometres kilometer kilometers
        m: m metre metres meter meters
        cm: cm centimetre centimetres centimeters
        mile: mile miles mi
        foot: foot feet ft
        inch: inch inches
        kg: kg kilo kilos kilogram kilograms kilogrammes
        g: g gram grams
        mg: mg milligram milligrams
        lb: lb lbs
        l: litre litres liter liters
        ml: ml
        year: year years yrs
        month: month months
        week: week weeks
        day: day days
        h: hour hours h hrs
        min: minute minutes min mins
        s: seconds secs
        %: percent
        EUR: euro euros eur
        USD: dollar dollars usd bucks
        GBP: pound pounds gbp quid
        JPY: yen jpy
        CHF: francs chf
        time: times
    """),
    numbers=numbered("""
        0 zero, 1 one once, 2 two twice couple, 3 three, 4 four, 5 five, 6 six, 7 seven, 8 eight, 9 nine, 10 ten, 11
        eleven, 12
        twelve dozen, 13 thirteen, 14 fourteen, 15 fifteen, 16 sixteen, 17 seventeen, 18 eighteen, 19 nineteen, 20
        twenty, 30 thirty, 40 forty, 50 fifty, 60 sixty, 70 seventy, 80 eighty, 90 ninety, 100 hundred, 1000
        thousand, 1000000 million
    """),
    ordinals=numbered("""
        1 first, 2 second, 3 third, 4 fourth, 5 fifth, 6 sixth, 7 seventh, 8 eighth, 9 ninth, 10 tenth, 11
        eleventh, 12 twelfth, 13 thirteenth, 14 fourteenth, 15 fifteenth, 16 sixteenth, 17 seventeenth, 18
        eighteenth, 19 nineteenth, 20 twentieth, 30 thirtieth, 40 fortieth, 50 fiftieth
    """),
    shares={
        "all": "all every always everybody everyone everything anything whole",
        "most": "most mostly usually normally generally",
        "some": "some sometimes occasionally partly",
        "many": "many plenty numerous",
        "few": "few rarely seldom hardly",
        "none": "nobody none nothing",
    },
    weekdays=listed("""
        monday mondays mon, tuesday tuesdays tue tues, wednesday wednesdays wed, thursday thursdays thu thurs,
        friday fridays fri, saturday saturdays, sunday sundays
    """),
    months=listed("""
        january jan, february feb, march, april apr, may, june jun, july jul, august aug, september sept sep,
        october oct, november nov, december dec
    """),
    since="since starting starting_in starting_on as_of",
    until="until till til up_to valid_through",
    spans=("from to", "from until", "from till", "from through", "between and"),
    month_may_lead=True,
    in_dates="the of in end beginning start middle early late mid year",
    was="was were had did lived worked stayed studied used_to",
    past_hour="past",
    before_hour={30: "half_past", 15: "quarter_past", -15: "quarter_to quarter_of"},
    after_hour={30: "and_a_half"},
    halves={0: "morning", 12: "afternoon evening night"},
    opposites="in/out on/off before/after above/below inside/outside with/without",
    privatives="less -free",
    antonyms="""
        oldest/youngest biggest/smallest open/closed broken/repaired broken/fixed cheap/expensive
        weekly/monthly daily/weekly full/empty wet/dry paid/unpaid won/lost strong/weak clean/dirty
        alive/dead healthy/ill full-time/part-time
    """,
)
"""English."""
